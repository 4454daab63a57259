"""What two trainings that should be the same are held against each other by."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import max_error
from bench.kit.data import mnist
from bench.kit.training import seeded

from .problem import Digits

DIGITS = 20
EXACT = 1e-12
"""What rounding in float64 leaves between two ways to compute the same."""


def few_digits(lab: Lab, count: int = DIGITS) -> tuple[Tensor, Tensor]:
    """Normalised digits (N, 1, 28, 28) in the lab's dtype and their labels (N,); both classes of d are among them."""
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, lab.dtype)
    zeros, others = (digits.train_y == 0).nonzero()[: count // 4, 0], digits.train_y.nonzero()[:, 0]
    chosen = torch.cat([zeros, others[: count - len(zeros)]])
    return digits.numbers(digits.train_x[chosen]), digits.train_y[chosen]


def descend(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Callable[[Tensor, Tensor], Tensor],
    *,
    x: Tensor,
    y: Tensor,
    steps: int,
    seed: int,
) -> None:
    """Train ``net`` in place, always on the same batch; the dropout masks are those of the seed."""
    net.train()
    with seeded(seed, x.device):
        for _ in range(steps):
            optimizer.zero_grad()
            loss(net(x), y).backward()
            optimizer.step()


def apart(ours: nn.Module, theirs: nn.Module) -> Tensor:
    """The largest difference of any weight."""
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    return torch.stack([(a - b).detach().abs().max() for a, b in pairs]).max()


def standard_error(share: float, count: int) -> float:
    """Of a share among ``count`` independent examples: √(p(1 - p)/n)."""
    return (share * (1 - share) / count) ** 0.5


def paired_difference(ours: Tensor, theirs: Tensor) -> tuple[float, float]:
    """Accuracy of one network minus another's on the same examples, and its standard error: only the examples that
    one gets right and the other wrong count (McNemar 1947). ``ours`` and ``theirs`` (N,) say which were right."""
    difference = ours.double() - theirs.double()
    error = torch.var(difference, correction=0).div(len(difference)).sqrt()
    return float(difference.mean()), float(error)


def on_paper(lab: Lab) -> None:
    """What is said of accuracies, held against six answers that can be counted."""
    ours, theirs = torch.tensor([1, 1, 1, 0, 1, 1]).bool(), torch.tensor([1, 0, 0, 1, 1, 1]).bool()
    # Two more and one less of six; the squares of the differences have the mean 3/6.
    expected = torch.tensor([1 / 6, ((3 / 6 - 1 / 36) / 6) ** 0.5, 0.01], dtype=torch.float64)
    found = torch.tensor([*paired_difference(ours, theirs), standard_error(0.9, 900)], dtype=torch.float64)
    lab.claim("difference of two accuracies, and standard errors = on paper", max_error(found, expected), at_most=EXACT)
