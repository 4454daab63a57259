"""4a1 and 4a2: what the penalties do to weights, by arithmetic and measured."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import cycle
from math import ceil
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from bench.kit.compare import largest
from bench.kit.training import l1

from .network import weighted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#7F7F7F", "#0072B2", "#D55E00")


def bound(layer: nn.Conv2d | nn.Linear) -> float:
    """The largest absolute weight that PyTorch's default initialisation gives: 1/√fan-in, for both kinds of layers."""
    return float(layer.weight[0].numel() ** -0.5)


def expected_sum(net: nn.Module) -> float:
    """Σ|w| that the initialisation is expected to give: uniform weights in ±b have the mean absolute value b / 2."""
    return sum(layer.weight.numel() * bound(layer) / 2 for layer in weighted(net).values())


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


def resolution(pull: float, momentum: float) -> float:
    """The size below which a weight counts as dead: three steps at full momentum.

    A weight that L1 has pulled to zero crosses it at full speed and swings about it by up to two and a half such steps.
    """
    return 3 * pull / (1 - momentum)


def decayed(steps: int, pull: float, momentum: float) -> float:
    """What L2 alone leaves of a weight: in the long run each update takes η λ / (1 - μ) of it."""
    return float((1 - pull / (1 - momentum)) ** steps)


def near_zero(weights: Tensor, below: float) -> Tensor:
    """The share of weights no larger than ``below``."""
    return (weights.detach().abs() <= below).double().mean()


class Watched:
    """λ Σ|w|, which also notes at each step what share of one layer is dead. Nothing waits for the device."""

    def __init__(self, strength: float, below: float) -> None:
        self.penalty, self.below = l1(strength), below
        self.shares: list[Tensor] = []

    def __call__(self, net: nn.Module) -> Tensor:
        self.shares.append(near_zero(net.get_parameter("head.0.weight"), self.below))
        return self.penalty(net)

    def measured(self) -> Tensor:
        """(steps,) on the CPU: before each update."""
        return torch.stack(self.shares).cpu()


def died_as_predicted(shares: Tensor, alone: Tensor, until: int) -> float:
    """The largest difference of the two shares, measured and from the penalty alone, up to an update."""
    return float((shares - alone)[: until + 1].abs().max())


def predicted(steps: int, limit: float, pull: float, momentum: float) -> Tensor:
    """The share of dead weights before each update, from uniform weights in ±limit and by the penalty alone."""
    reached = shrunk(torch.arange(steps, dtype=torch.float64), pull, momentum) + resolution(pull, momentum)
    return (reached / limit).clamp(max=1)


Penalty = Callable[[nn.Module], Tensor]


def steps_apart(
    start: nn.Module, x: Tensor, y: Tensor, *, first: tuple[Penalty | None, float], second: tuple[Penalty | None, float]
) -> float:
    """The largest difference of any parameter after five steps of SGD with momentum, each way a penalty that autograd
    differentiates and a ``weight_decay`` of the optimiser."""
    ends = [after_steps(start, x, y, penalty=penalty, decay=decay) for penalty, decay in (first, second)]
    return largest(float((a - b).abs().max()) for a, b in zip(*ends, strict=True))


def after_steps(start: nn.Module, x: Tensor, y: Tensor, *, penalty: Penalty | None, decay: float) -> list[Tensor]:
    from copy import deepcopy

    net = deepcopy(start)
    weights = [p for p in net.parameters() if p.ndim >= 2]
    others = [p for p in net.parameters() if p.ndim < 2]
    groups: list[dict[str, Any]] = [{"params": weights, "weight_decay": decay}, {"params": others}]
    sgd = torch.optim.SGD(groups, lr=0.01, momentum=0.9)
    for _ in range(5):
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


def histograms(nets: dict[str, nn.Module], title: str) -> Figure:
    """The weights of every layer: how many there are of each size, one line a network."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter

    layers = {label: weighted(net) for label, net in nets.items()}
    names = list(next(iter(layers.values())))
    figure = Figure(figsize=(9, 7.5), layout="constrained", facecolor="white")
    for axes, name in zip(figure.subplots(3, 3).flat, names, strict=True):
        limit = 1.5 * bound(next(iter(layers.values()))[name])
        for (label, of), colour in zip(layers.items(), cycle(COLOURS), strict=False):
            counts, edges = spread(of[name].weight, limit)
            axes.stairs(counts, edges, color=colour, label=label, linewidth=1.4)
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_title(name, fontsize=10)
        axes.grid(alpha=0.25)
    figure.supxlabel("weight (what is larger is counted at the edges)")
    figure.supylabel("share of the layer's weights")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False, title=title)
    return figure


def spread(weights: Tensor, limit: float, bins: int = 41) -> tuple[Sequence[float], Sequence[float]]:
    """Shares of the weights in equal bins over ±limit, and the edges of the bins."""
    values = weights.detach().flatten().double().cpu().clamp(-limit * 0.999, limit * 0.999)
    counts, edges = torch.histogram(values, bins, range=(-limit, limit))
    return (counts / len(values)).tolist(), edges.tolist()


def arithmetic_off(steps: int = 60, pull: float = 0.3, momentum: float = 0.9) -> float:
    """How far the closed form is from the optimiser itself, on one large weight whose penalty is all that pulls."""
    weight = torch.tensor([1e3], dtype=torch.float64, requires_grad=True)
    sgd = torch.optim.SGD([weight], lr=1.0, momentum=momentum)
    for _ in range(steps):
        sgd.zero_grad()
        (pull * weight.abs().sum()).backward()
        sgd.step()
    closed = shrunk(torch.tensor(float(steps), dtype=torch.float64), pull, momentum)
    return abs(float(1e3 - weight.detach()) - float(closed)) / float(closed)


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
