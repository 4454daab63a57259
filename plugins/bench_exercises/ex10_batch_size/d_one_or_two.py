"""10d: one output or two for "is it a zero?": the same model twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest

from .checks import apart, descend, few_digits
from .network import Binary, binary, merged, one_output_loss
from .problem import RATES, is_zero

EXACT = 1e-12


def gap(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).abs().max()


def study(lab: Lab) -> None:
    equivalence(lab)
    one_step(lab)
    whole_trainings(lab)


def equivalence(lab: Lab) -> None:
    """On logits (N, 2) from hardly sure to very sure."""
    stream = lab.generator()
    scale = 10 ** (3 * torch.rand(1000, 1, generator=stream) - 1)
    z = (torch.randn(1000, 2, generator=stream) * scale).to(lab.device, lab.dtype).requires_grad_()
    y = torch.randint(2, (1000,), generator=stream).to(lab.device)
    d = (z[:, 1] - z[:, 0]).detach().requires_grad_()
    two, one = F.cross_entropy(z, y), one_output_loss(d, y)
    (dz,), (g,) = torch.autograd.grad(two, z), torch.autograd.grad(one, d)
    lab.claim("softmax(z₀, z₁)₁ = σ(z₁ - z₀)", gap(z.softmax(1)[:, 1], d.sigmoid()), at_most=EXACT)
    lab.claim("CE(z₀, z₁) = BCE(z₁ - z₀)", gap(two, one), at_most=EXACT)
    lab.claim("gradient of CE = [-g, g], g that of BCE", gap(dz, torch.stack([-g, g], 1)), at_most=EXACT)
    lab.claim("argmax of two = sign of one: decisions that differ", (z.argmax(1) != (d > 0)).sum(), equals=0)
    moved = F.cross_entropy(z + torch.randn(1000, 1, generator=stream).to(z), y)
    lab.claim("a shift of both logits changes no loss", gap(moved, two), at_most=EXACT)
    traps(lab)


def traps(lab: Lab) -> None:
    z = torch.linspace(-9, 9, 7, device=lab.device, dtype=lab.dtype)[:, None].requires_grad_()
    loss = F.nll_loss(z.log_softmax(1), torch.zeros(7, dtype=torch.int64, device=lab.device))
    (slope,) = torch.autograd.grad(loss, z)
    lab.claim("trap: softmax over one output, loss and gradient", largest(loss.abs(), slope.abs().max()), equals=0)
    sure = torch.full((1,), 200.0, device=lab.device, dtype=lab.dtype, requires_grad=True)
    zero = torch.zeros_like(sure)
    clamped, exact = F.binary_cross_entropy(sure.sigmoid(), zero), F.binary_cross_entropy_with_logits(sure, zero)
    lab.claim("trap: BCE after a sigmoid, wrong with a logit of 200 (right: 200)", clamped, equals=100)
    lab.claim("BCE with logits, wrong with a logit of 200", exact, equals=200)
    (dead,) = torch.autograd.grad(clamped, sure)
    lab.claim("trap: gradient of BCE after a sigmoid there", dead.abs(), equals=0)


def one_step(lab: Lab, rate: float = 0.1) -> None:
    """A step of gradient descent on the last layer alone."""
    two = binary(2, lab.seed).to(lab.device, lab.dtype)
    one = merged(two)
    x, y = few_digits(lab)
    y, before = is_zero(y), difference(two.last.weight)
    descend(two, torch.optim.SGD(two.parameters(), lr=rate), F.cross_entropy, x=x, y=y, steps=1, seed=lab.seed)
    descend(one, torch.optim.SGD(one.parameters(), lr=rate), one_output_loss, x=x, y=y, steps=1, seed=lab.seed)
    g = (before - one.last.weight[0].detach()) / rate
    lab.claim("one step moves w₁ - w₀ by -2ηg", gap(difference(two.last.weight) - before, -2 * rate * g), at_most=EXACT)
    lab.claim("that step's largest entry", (2 * rate * g).abs().max(), at_least=1e-4)
    lab.claim("parameters of the last layer, two outputs", size(two.last), equals=2050)
    lab.claim("parameters of the last layer, one output", size(one.last), equals=1025)


def difference(weight: Tensor) -> Tensor:
    return (weight[1] - weight[0]).detach()


def size(layer: nn.Module) -> int:
    return sum(p.numel() for p in layer.parameters())


Maker = Callable[[list[dict[str, Any]]], torch.optim.Optimizer]


def twin_optimizer(
    net: Binary, make: Maker, rate: float, *, last: float = 1.0, decay: float = 0.0
) -> torch.optim.Optimizer:
    """The last layer learns ``last`` times as fast as the others, and decays ``last`` times less."""
    below = [p for name, p in net.named_parameters() if not name.startswith("layer4")]
    return make(
        [
            {"params": below, "lr": rate, "weight_decay": decay},
            {"params": [*net.last.parameters()], "lr": last * rate, "weight_decay": decay / last},
        ]
    )


def whole_trainings(lab: Lab, rate: float = 0.01) -> None:
    """Two outputs at η train as one output whose last layer has 2η and half the weight decay."""
    x, y = few_digits(lab)
    steps = lab.pick(smoke=3, quick=8, full=8)
    kinds: dict[str, tuple[Maker, float, float]] = {
        "momentum 0.9": (partial(torch.optim.SGD, momentum=0.9), rate, 0.0),
        "weight decay 0.1": (torch.optim.SGD, rate, 0.1),
        "Adam": (torch.optim.Adam, RATES["adam"], 0.0),
    }
    for name, (make, eta, decay) in kinds.items():
        start = binary(2, lab.seed).to(lab.device, lab.dtype)
        one, plain = merged(start), merged(start)
        descend(
            start,
            twin_optimizer(start, make, eta, last=1.0, decay=decay),
            F.cross_entropy,
            x=x,
            y=is_zero(y),
            steps=steps,
            seed=lab.seed,
        )
        for net, last in ((one, 2.0), (plain, 1.0)):
            descend(
                net,
                twin_optimizer(net, make, eta, last=last, decay=decay),
                one_output_loss,
                x=x,
                y=is_zero(y),
                steps=steps,
                seed=lab.seed,
            )
        folded = merged(start)
        lab.claim(
            f"{name}: two outputs train as one with 2η: largest difference of a weight",
            apart(folded, one),
            at_most=EXACT,
        )
        lab.claim(f"{name}: and not as one with η", apart(folded, plain), at_least=1e-6)
