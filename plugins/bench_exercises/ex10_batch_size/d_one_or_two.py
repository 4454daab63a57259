"""10d: one output or two for "is it a zero?": the same model twice."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest, max_error

from . import d_break, d_drift, d_twins
from .checks import EXACT, descend, few_digits, on_paper
from .network import binary, merged, one_output_loss
from .problem import is_zero


def study(lab: Lab) -> None:
    z, y = problem(lab)
    equivalence(lab, z, y)
    traps(lab)
    one_step(lab)
    d_twins.study(lab)
    d_drift.study(lab)
    on_paper(lab)
    d_break.study(lab, z, y)


def problem(lab: Lab) -> tuple[Tensor, Tensor]:
    """Logits (N, 2) from hardly sure to very sure, and classes (N,)."""
    stream = lab.generator()
    scale = 10 ** (3 * torch.rand(1000, 1, generator=stream) - 1)
    z = (torch.randn(1000, 2, generator=stream) * scale).to(lab.device, lab.dtype)
    return z, torch.randint(2, (1000,), generator=stream).to(lab.device)


def equivalence(lab: Lab, z: Tensor, y: Tensor) -> None:
    z = z.clone().requires_grad_()
    d = (z[:, 1] - z[:, 0]).detach().requires_grad_()
    two, one = F.cross_entropy(z, y), one_output_loss(d, y)
    (dz,), (g,) = torch.autograd.grad(two, z), torch.autograd.grad(one, d)
    lab.claim("softmax(z₀, z₁)₁ = σ(z₁ - z₀)", max_error(z.softmax(1)[:, 1], d.sigmoid()), at_most=EXACT)
    lab.claim("CE(z₀, z₁) = BCE(z₁ - z₀)", max_error(two, one), at_most=EXACT)
    lab.claim("gradient of CE = [-g, g], g that of BCE", max_error(dz, torch.stack([-g, g], 1)), at_most=EXACT)
    lab.claim("argmax of two = sign of one: decisions that differ", (z.argmax(1) != (d > 0)).sum(), equals=0)
    moved = F.cross_entropy(z + torch.linspace(-3, 3, len(z)).to(z)[:, None], y)
    lab.claim("a shift of both logits changes no loss", max_error(moved, two), at_most=EXACT)


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
    lab.claim(
        "one step moves w₁ - w₀ by -2ηg", max_error(difference(two.last.weight) - before, -2 * rate * g), at_most=EXACT
    )
    lab.claim("that step's largest entry", (2 * rate * g).abs().max(), at_least=1e-4)
    lab.claim("parameters of the last layer, two outputs", size(two.last), equals=2050)
    lab.claim("parameters of the last layer, one output", size(one.last), equals=1025)


def difference(weight: Tensor) -> Tensor:
    return (weight[1] - weight[0]).detach()


def size(layer: nn.Module) -> int:
    return sum(p.numel() for p in layer.parameters())
