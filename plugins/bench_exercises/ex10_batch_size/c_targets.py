"""10c: what the six losses have in common, and how low they get; all in float64."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest, max_error

from .c_losses import CLASSES, KINDS, Loss, gaussian_of_probabilities, one_hot
from .checks import EXACT

EXAMPLES = 2000


def problem(lab: Lab) -> tuple[Tensor, Tensor]:
    """Logits (N, 10) from hardly sure to very sure, each row of its own scale, and classes (N,)."""
    stream = lab.generator()
    logits = torch.randn(EXAMPLES, CLASSES, generator=stream)
    scale = 10 ** (4 * torch.rand(EXAMPLES, 1, generator=stream) - 2)
    y = torch.randint(CLASSES, (EXAMPLES,), generator=stream)
    return (logits * scale).to(lab.device, lab.dtype), y.to(lab.device)


def value_and_slope(loss: Loss, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The loss, and its gradient with respect to x for each example on its own (N, K)."""
    x = x.detach().requires_grad_()
    value = loss(x, y)
    (slope,) = torch.autograd.grad(value * len(y), x)
    return value.detach(), slope


def after_log_softmax(loss: Loss) -> Loss:
    return lambda logits, y: loss(logits.log_softmax(1), y)


def written_out(lab: Lab, logits: Tensor, y: Tensor) -> None:
    """PyTorch's losses against the formulas, on log-probabilities; the table of targets."""
    x = logits.log_softmax(1)
    values, slopes = [], []
    for kind in KINDS.values():
        value, slope = value_and_slope(kind.loss, x, y)
        values.append(max_error(value, kind.formula(x, y).mean()))
        slopes.append(max_error(slope, kind.slope(x, y)))
    lab.claim("all six losses = their formulas: largest difference", largest(values), at_most=EXACT)
    lab.claim("all six gradients = their formulas: largest difference", largest(slopes), at_most=EXACT)
    uniform = torch.full_like(x, 1 / CLASSES).log()
    worst = largest(abs(float(kind.loss(uniform, y)) - kind.uniform) for kind in KINDS.values())
    lab.claim("all six at probabilities of 1/10 = the values worked out: largest difference", worst, at_most=EXACT)
    rows = [
        {"loss": name, "target": kind.target, "at 1/10 each": kind.uniform, "infimum": kind.lowest}
        for name, kind in KINDS.items()
    ]
    lab.table("Targets of the losses", rows)


def same(lab: Lab, name: str, ours: tuple[Tensor, Tensor], theirs: tuple[Tensor, Tensor]) -> None:
    """Claim that the losses, and their gradients with respect to the logits, are equal."""
    worst = largest(max_error(a, b) for a, b in zip(ours, theirs, strict=True))
    lab.claim(f"{name}: losses and gradients, largest difference", worst, at_most=EXACT)


def identities(lab: Lab, logits: Tensor, y: Tensor) -> None:
    def at(loss: Loss) -> tuple[Tensor, Tensor]:
        return value_and_slope(loss, logits, y)

    entropy = at(F.cross_entropy)
    nll, poisson, multi, lists = (
        at(after_log_softmax(KINDS[name].loss)) for name in ("NLL", "PoissonNLL", "MultiMargin", "MultiLabelMargin")
    )
    same(lab, "NLL of log-softmax = cross-entropy of logits", nll, entropy)
    tenth = (1 + entropy[0]) / CLASSES, entropy[1] / CLASSES
    same(lab, "PoissonNLL = (1 + cross-entropy)/10", poisson, tenth)
    plain = at(KINDS["MultiMargin"].loss)
    same(lab, "MultiMargin = MultiLabelMargin with one class", multi, lists)
    same(lab, "MultiMargin of log-probabilities = of logits", multi, plain)
    p = logits.softmax(1)
    brier = (p - one_hot(p, y)).square().sum(1).mean()
    value = gaussian_of_probabilities(logits.log_softmax(1), y)
    lab.claim("GaussianNLL of probabilities = Brier score/20: difference", max_error(value, brier / 20), at_most=EXACT)
