"""Many trainings at once: networks of one shape, stacked, so that one batched product does the work of all of them.

Adam and the activations work element by element, and the gradient of a sum of losses is each loss's own: nothing of a
network reaches another, and each training is the one that it would be alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .by_hand import RATE
from .network import LAYERS, SLOPE
from .problem import Task, Theta

Activation = Callable[[Tensor], Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]
"""Outputs (S, N, 3) and classes (S, N): the loss of every flower, (S, N)."""


def leaky_relu(z: Tensor) -> Tensor:
    return F.leaky_relu(z, SLOPE)


def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """-log softmax(z)_y."""
    return -logits.log_softmax(-1).gather(-1, y[..., None]).squeeze(-1)


def outputs(theta: Theta, x: Tensor, activation: Activation) -> Tensor:
    """The logits (S, N, 3) of S networks for x (S, N, 4)."""
    a = x
    for k in range(1, LAYERS + 1):
        z = torch.baddbmm(theta[f"b{k}"][:, None], a, theta[f"W{k}"].mT)
        a = activation(z)
    return z


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What S trainings gave: each series is (epochs + 1, S), before every epoch and after the last."""

    train_loss: Tensor
    test_loss: Tensor
    train_accuracy: Tensor
    test_accuracy: Tensor
    theta: dict[str, Tensor]


def train_together(
    task: Task, epochs: Iterable[int], activation: Activation = leaky_relu, loss_of: Loss = cross_entropy
) -> Progress:
    """Full batch, Adam, an epoch is a step; ``task`` is ``stacked``.

    Both sets take one pass together, and the loss of the training set alone is differentiated.
    """
    theta = {name: p.clone().requires_grad_() for name, p in task.theta.items()}
    adam = torch.optim.Adam(theta.values(), lr=RATE, fused=True)
    x, y = torch.cat([task.x, task.x_test], 1), torch.cat([task.y, task.y_test], 1)
    sets = (slice(None, task.y.shape[1]), slice(task.y.shape[1], None))
    seen: list[tuple[Tensor, ...]] = []

    def look() -> Tensor:
        logits = outputs(theta, x, activation)
        losses, right = loss_of(logits, y), logits.argmax(-1) == y
        train_loss = losses[:, sets[0]].mean(1)
        accuracies = (right[:, part].to(losses).mean(1) for part in sets)
        seen.append((train_loss.detach(), losses[:, sets[1]].detach().mean(1), *accuracies))
        return train_loss.sum()

    for _ in epochs:
        adam.zero_grad()
        look().backward()
        adam.step()
    with torch.no_grad():
        look()
    train_loss, test_loss, train_accuracy, test_accuracy = (torch.stack(column) for column in zip(*seen, strict=True))
    return Progress(
        train_loss=train_loss,
        test_loss=test_loss,
        train_accuracy=train_accuracy,
        test_accuracy=test_accuracy,
        theta={name: p.detach() for name, p in theta.items()},
    )
