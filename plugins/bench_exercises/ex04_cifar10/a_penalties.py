"""4a1 and 4a2: what the penalties do to weights, by arithmetic and measured."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from math import ceil, sqrt
from typing import Any

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import max_error, relative_error

from .figures import histograms
from .network import bound, weighted
from .reference import near_zero, resolution


def expected_sum(net: nn.Module) -> tuple[float, float]:
    """Σ|w| that the initialisation is expected to give, and its standard error.

    Of weights uniform in ±b, |w| is uniform from 0 to b: mean b / 2, variance b² / 12.
    """
    layers = weighted(net).values()
    mean = sum(layer.weight.numel() * bound(layer) / 2 for layer in layers)
    return mean, sqrt(sum(layer.weight.numel() * bound(layer) ** 2 / 12 for layer in layers))


def shrunk(steps: Tensor, pull: float, momentum: float) -> Tensor:
    """How far ``steps`` updates have moved a weight whose gradient is constant: the pull η λ alone, and momentum.

    With v ← μ v + λ, w ← w - η v from v = 0: the sum of η λ (1 - μ^i) / (1 - μ) over i = 1 … t.
    """
    return pull * (steps / (1 - momentum) - momentum * (1 - momentum**steps) / (1 - momentum) ** 2)


def death(limit: float, pull: float, momentum: float) -> int:
    """The update after which a weight of size ``limit`` has been pulled to zero by the penalty alone."""
    most = ceil((limit / pull) * (1 - momentum) + momentum / (1 - momentum)) + 2

    def moved(steps: int) -> float:
        return float(shrunk(torch.tensor(float(steps), dtype=torch.float64), pull, momentum))

    return bisect_left(range(1, most + 1), limit, key=moved) + 1


def decayed(steps: int, pull: float, momentum: float) -> float:
    """What L2 alone leaves of a weight: in the long run each update takes η λ / (1 - μ) of it."""
    return float((1 - pull / (1 - momentum)) ** steps)


def died_as_predicted(shares: Tensor, alone: Tensor, until: int) -> float:
    """The largest difference of the two shares, measured and from the penalty alone, up to an update."""
    return float((shares - alone)[: until + 1].abs().max())


def predicted(steps: int, limit: float, pull: float, momentum: float) -> Tensor:
    """The share of dead weights before each update, from uniform weights in ±limit and by the penalty alone."""
    reached = shrunk(torch.arange(steps, dtype=torch.float64), pull, momentum) + resolution(pull, momentum)
    return (reached / limit).clamp(max=1)


Penalty = Callable[[nn.Module], Tensor]


def steps_apart(
    start: nn.Module,
    x: Tensor,
    y: Tensor,
    *,
    first: tuple[Penalty | None, float],
    second: tuple[Penalty | None, float],
    steps: int = 5,
) -> float:
    """The largest difference of any parameter after so many steps of SGD with momentum, each way a penalty that
    autograd differentiates and a ``weight_decay`` of the optimiser."""
    ends = [after_steps(start, x, y, penalty=penalty, decay=decay, steps=steps) for penalty, decay in (first, second)]
    return max_error(*ends)


def after_steps(
    start: nn.Module, x: Tensor, y: Tensor, *, penalty: Penalty | None, decay: float, steps: int
) -> list[Tensor]:
    from copy import deepcopy

    net = deepcopy(start)
    weights = [p for p in net.parameters() if p.ndim >= 2]
    others = [p for p in net.parameters() if p.ndim < 2]
    groups: list[dict[str, Any]] = [{"params": weights, "weight_decay": decay}, {"params": others}]
    sgd = torch.optim.SGD(groups, lr=0.01, momentum=0.9)
    for _ in range(steps):
        sgd.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        (loss if penalty is None else loss + penalty(net)).backward()
        sgd.step()
    return [p.detach() for p in net.parameters()]


def shares(nets: dict[str, nn.Module], below: float) -> list[dict[str, Any]]:
    """A row for each layer: how many weights it has, and the share of them near zero in each network."""
    layers = {label: weighted(net) for label, net in nets.items()}
    return [
        {"layer": name, "weights": layer.weight.numel()}
        | {
            f"{label}, share below {below:.1g}": float(near_zero(of[name].weight, below))
            for label, of in layers.items()
        }
        | {f"{label}, norm": float(of[name].weight.detach().norm()) for label, of in layers.items()}
        for name, layer in next(iter(layers.values())).items()
    ]


def arithmetic_off(steps: int = 60, pull: float = 0.3, momentum: float = 0.9) -> float:
    """How far the closed form is from the optimiser itself, on one large weight whose penalty is all that pulls."""
    weight = torch.tensor([1e3], dtype=torch.float64, requires_grad=True)
    sgd = torch.optim.SGD([weight], lr=1.0, momentum=momentum)
    for _ in range(steps):
        sgd.zero_grad()
        (pull * weight.abs().sum()).backward()
        sgd.step()
    closed = shrunk(torch.tensor(float(steps), dtype=torch.float64), pull, momentum)
    return relative_error(1e3 - weight.detach()[0], closed)


def pull_of_norm(net: nn.Module, strength: float) -> float:
    """How far the gradient of λ‖w‖ over all weights is from length λ, relative to it."""
    weights = [p for p in net.parameters() if p.ndim >= 2]
    norm = torch.cat([w.flatten() for w in weights]).norm()
    gradients = torch.autograd.grad(strength * norm, weights)
    return abs(float(torch.cat([g.flatten() for g in gradients]).norm()) / strength - 1)


def touched(net: nn.Module, penalty: Penalty) -> int:
    """How many biases, scales and shifts the penalty has a gradient for."""
    others = [p for p in net.parameters() if p.ndim < 2]
    return sum(g is not None for g in torch.autograd.grad(penalty(net), others, allow_unused=True))


def name(kind: str, strength: float) -> str:
    """ "L1 1e-2" of 0.01."""
    short = f"{strength:.0e}"
    return f"{kind} {short if float(short) == strength else strength}".replace("e-0", "e-")


HISTOGRAMS = "Every layer's weights, on a logarithmic scale of shares. Bins at the edges count what lies beyond them."


def compare_weights(lab: Lab, data: str, nets: dict[str, nn.Module], below: float) -> None:
    """The weights of every layer of each network, by name; the last name begins with the kind of penalty."""
    kind = list(nets)[-1].split()[0]
    lab.table(f"the weights of every layer, {kind}", shares(nets, below))
    lab.figure(f"weights under {kind}", histograms(nets, data), f"{data}. {HISTOGRAMS}")
