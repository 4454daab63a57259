"""7a, the trap: a softmax in the network, and another in the loss.

``nn.CrossEntropyLoss`` takes logits. Given probabilities p it computes -log softmax(p)_y = log Σ_j e^(p_j - p_y). No
difference of two probabilities is below -1, and no loss below log(1 + 2/e); none is above log(2 + e), for the sum of
e^(p_j) is largest at a corner.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench import Lab

from .problem import SIZES
from .reference import Loss, cross_entropy

CLASSES = SIZES[-1]
FLOOR = math.log(1 + (CLASSES - 1) / math.e)
"""0.5514: what a flower costs that is classified rightly and with certainty. Equal to -log(e / (e + 2))."""
CEILING = math.log(CLASSES - 1 + math.e)
"""1.5514: what it costs when a wrong class is certain."""
ROUNDING = 1e-12


def double_softmax(logits: Tensor, y: Tensor) -> Tensor:
    """The loss of every flower as the trap computes it: (S, N, 3) and (S, N) to (S, N)."""
    return cross_entropy(logits.softmax(-1), y)


LOSSES: dict[str, Loss] = {"log-softmax": cross_entropy, "softmax twice": double_softmax}


def study(lab: Lab) -> None:
    bounds(lab)
    deafness(lab)


def bounds(lab: Lab, draws: int = 100_000) -> None:
    """The two bounds, at random logits of every size and where they are attained."""
    generator = lab.generator()
    size = 10 ** (8 * torch.rand(1, draws, 1, generator=generator) - 4)
    logits = (size * torch.randn(1, draws, CLASSES, generator=generator)).to(lab.device, torch.float64)
    y = torch.randint(CLASSES, (1, draws), generator=generator).to(lab.device)
    losses = double_softmax(logits, y)
    lab.claim("softmax twice: lowest loss of any logits", losses.min(), at_least=FLOOR - ROUNDING)
    lab.claim("softmax twice: highest loss of any logits", losses.max(), at_most=CEILING + ROUNDING)
    certain, zero = certainty(lab, 0), torch.zeros(1, 1, dtype=torch.long, device=lab.device)
    lab.claim(
        "softmax twice: certain and right costs log(1 + 2/e)",
        (double_softmax(certain, zero) - FLOOR).abs().max(),
        at_most=ROUNDING,
    )
    lab.claim("log-softmax: certain and right costs", cross_entropy(certain, zero).max(), at_most=ROUNDING)


def certainty(lab: Lab, favourite: int, size: float = 50.0) -> Tensor:
    """Logits (1, 1, 3) that leave no doubt."""
    logits = torch.zeros(1, 1, CLASSES, dtype=torch.float64, device=lab.device)
    logits[..., favourite] = size
    return logits


def deafness(lab: Lab) -> None:
    """The gradient by the logits of a flower that is certainly wrong: nothing, where it should be largest."""
    y = torch.ones(1, 1, dtype=torch.long, device=lab.device)
    rows = []
    for size in (1.0, 5.0, 10.0, 20.0):
        norms = {name: pull(certainty(lab, 0, size), y, loss) for name, loss in LOSSES.items()}
        rows.append({"wrong by (logits)": size} | norms)
    lab.table("Gradient of one flower that is taken for another", rows)
    lab.claim("log-softmax: gradient of a flower that is wrong by 20", rows[-1]["log-softmax"], at_least=1.4)
    lab.claim("softmax twice: gradient of a flower that is wrong by 20", rows[-1]["softmax twice"], at_most=faint(20))


def faint(size: float) -> float:
    """diag(p) - p pᵀ has a norm of at most 2 (1 - p), p the largest, and the vector that it is multiplied by one of at
    most √2."""
    return 2 * math.sqrt(2) * (CLASSES - 1) * math.exp(-size)


def pull(logits: Tensor, y: Tensor, loss: Loss) -> float:
    """The Euclidean norm of the gradient of a loss by the logits."""
    logits = logits.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(logits, y).sum(), logits)
    return float(gradient.norm())
