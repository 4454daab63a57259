"""What a network is trained and tested on: whole sets that stay on the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

Prepare = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Inputs ``x`` (N, …) and targets ``y`` (N, …) on one device.

    ``x`` may stay small, such as uint8: ``prepare`` turns a batch of it into what the network takes.
    Raises ``ValueError`` when the lengths or the devices differ, or when there are none.
    """

    x: Tensor
    y: Tensor
    prepare: Prepare | None = None

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y) or not len(self.y):
            raise ValueError(f"as many inputs as targets are needed, and at least one: {len(self.x)} and {len(self.y)}")
        if self.x.device != self.y.device:
            raise ValueError(f"inputs on {self.x.device} and targets on {self.y.device}: move both to one device")

    def __len__(self) -> int:
        return len(self.y)

    @property
    def device(self) -> torch.device:
        return self.y.device

    def ready(self, x: Tensor) -> Tensor:
        """A batch of inputs as the network takes it."""
        return x if self.prepare is None else self.prepare(x)

    def take(self, chosen: Tensor) -> Examples:
        """The examples of these indices, in their order."""
        return replace(self, x=self.x[chosen], y=self.y[chosen])

    def batches(self, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """All examples in their order, ready for the network; the last batch may be smaller."""
        for x, y in zip(torch.split(self.x, size), torch.split(self.y, size), strict=True):
            yield self.ready(x), y


def held_out(examples: Examples, count: int, seed: int) -> tuple[Examples, Examples]:
    """Split at random: what is left to train on, and ``count`` examples to validate on.

    A validation set comes from the training set: the test set must decide nothing.
    Raises ``ValueError`` unless both have at least one example.
    """
    if not 1 <= count < len(examples):
        raise ValueError(f"of {len(examples)} examples 1 to {len(examples) - 1} can be held out, not {count}")
    # Drawn on the CPU: the same examples are held out on every device.
    order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(seed)).to(examples.device)
    return examples.take(order[count:]), examples.take(order[:count])
