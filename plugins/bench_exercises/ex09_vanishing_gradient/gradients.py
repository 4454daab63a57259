"""The gradient of every weight matrix on the whole training set, and what its norms say."""

from typing import NamedTuple

import torch
from torch import Tensor

from .stack import Stack
from .task import Task


class Norms(NamedTuple):
    """Of ∂L/∂W of every layer of every network, (L + 1, K) for L hidden layers: the last row is the output layer's.

    L1 adds up 150 numbers in the first layer, 25 in a hidden one, 10 in the last; ``mean`` is L1 divided by their
    number, so that layers of different sizes can be compared.
    """

    l1: Tensor
    l2: Tensor
    mean: Tensor

    def ratio(self) -> Tensor:
        """(K,): ‖g₁‖ / ‖g of the output layer‖, in L2. A small loss makes both small; vanishing makes only g₁ small."""
        return self.l2[0] / self.l2[-1]


def ratios(norms: Norms) -> Tensor:
    """First over last of the networks whose last gradient is not 0; a stack of zeros gives a single 0."""
    return finite(norms.ratio())


def finite(values: Tensor) -> Tensor:
    """The numbers among them; a single 0 where there is none."""
    numbers = values[values.isfinite()]
    return numbers if len(numbers) else torch.zeros(1)


def norms(stack: Stack, task: Task, evaluating: bool = False) -> Norms:
    """On the whole training set as one batch; batch norm in training mode, or with its running averages."""
    stack.backpropagate(stack.shared(task.x), stack.shared(task.y), evaluating)
    gradients = [layer.weight.flatten(1) for layer in stack.gradients]
    l1 = torch.stack([g.abs().sum(1) for g in gradients])
    return Norms(l1, torch.stack([g.norm(dim=1) for g in gradients]), torch.stack([g.abs().mean(1) for g in gradients]))


def dead(stack: Stack, x: Tensor) -> Tensor:
    """(K,) bool: some hidden layer gives 0 for every x, so that nothing reaches the layers before it, nor passes it."""
    _, saved = stack.forward(stack.shared(x), evaluating=True)
    silent = torch.stack([(layer.above == 0).flatten(1).all(1) for layer in saved[:-1]])
    return silent.any(0)


def fall(norms: Norms) -> Tensor:
    """(K,): by how many powers of ten the gradient changes from layer to layer, from the output layer to the first.

    The slope of a least-squares line through log₁₀ ‖g‖ over the layers; NaN where a gradient is exactly 0.
    """
    logs = norms.l2.log10()
    layer = torch.arange(len(logs), device=logs.device, dtype=logs.dtype)
    layer -= layer.mean()
    slope = (layer[:, None] * logs).sum(0) / layer.square().sum()
    return torch.where(slope.isfinite(), slope, torch.nan)
