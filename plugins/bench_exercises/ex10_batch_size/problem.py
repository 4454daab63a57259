"""The digits on the device, the order in which a training sees them, and what a training gives back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from bench import BenchError
from bench.kit.data import Pictures, normalise, statistics
from bench.kit.training import Epoch, Examples

TESTED = 104_729
"""How far the seed of the test digits' order lies from that of the training digits'."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Digits:
    """Train and test digits as uint8 tensors on one device; they become numbers of ``dtype`` batch by batch."""

    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor
    mean: float
    std: float
    dtype: torch.dtype

    @classmethod
    def load(cls, pictures: Pictures, device: torch.device, dtype: torch.dtype, images: int | None = None) -> Digits:
        """The first ``images`` digits of each split, or all."""
        kept = slice(images)
        mean, std = statistics(pictures.train.x)
        return cls(
            train_x=pictures.train.x[kept].to(device),
            train_y=pictures.train.y[kept].to(device),
            test_x=pictures.test.x[kept].to(device),
            test_y=pictures.test.y[kept].to(device),
            mean=mean,
            std=std,
            dtype=dtype,
        )

    def numbers(self, pixels: Tensor) -> Tensor:
        """Pixels as the network wants them: mean 0, variance 1 over the training set."""
        return normalise(pixels, self.mean, self.std, self.dtype)

    def train(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Training digits as numbers (B, 1, 28, 28), and their labels (B,)."""
        return self.numbers(self.train_x[chosen]), self.train_y[chosen]

    def test(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        return self.numbers(self.test_x[chosen]), self.test_y[chosen]

    def examples(self) -> tuple[Examples, Examples]:
        """What ``bench.kit.training`` trains on, and what it tests on."""
        train = Examples(self.train_x, self.train_y, self.numbers)
        return train, Examples(self.test_x, self.test_y, self.numbers)


def passes(count: int, total: int, generator: torch.Generator) -> Tensor:
    """``total`` indices below ``count``: one random permutation after another, the last one cut off."""
    rounds = -(-total // count)
    return torch.cat([torch.randperm(count, generator=generator) for _ in range(rounds)])[:total]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Feed:
    """The batches of a whole training, drawn ahead: step ``i`` trains on ``spans[i]`` of ``train_order`` and looks at
    as many test digits, ``spans[i]`` of ``test_order``. No batch crosses the end of an epoch.

    The orders depend on the seed alone: every batch size sees the same digits one after another, and more epochs begin
    with the digits of fewer.
    """

    digits: Digits
    batch: int
    epochs: int
    train_order: Tensor
    test_order: Tensor
    spans: tuple[slice, ...]

    @classmethod
    def draw(cls, digits: Digits, batch: int, epochs: int, seed: int) -> Feed:
        """Raises ``BenchError`` for a batch that is larger than the training set."""
        n = len(digits.train_y)
        if not 1 <= batch <= n:
            raise BenchError(f"the batch size must be between 1 and the {n} training digits, not {batch}")
        if epochs < 1:
            raise ValueError(f"a training takes at least 1 epoch, not {epochs}")
        device = digits.train_y.device
        # Each from a stream of its own: after all training digits, it would depend on how many these are.
        train, test = (
            passes(count, epochs * n, torch.Generator().manual_seed(of)).to(device)
            for count, of in ((n, seed), (len(digits.test_y), seed + TESTED))
        )
        starts = [range(e * n, (e + 1) * n, batch) for e in range(epochs)]
        spans = tuple(slice(at, min(at + batch, epoch.stop)) for epoch in starts for at in epoch)
        return cls(digits=digits, batch=batch, epochs=epochs, train_order=train, test_order=test, spans=spans)

    @property
    def steps_per_epoch(self) -> int:
        return len(self.spans) // self.epochs

    def chosen(self, step: int) -> tuple[Tensor, Tensor]:
        """Which training and which test digits a step sees, (B,) each."""
        return self.train_order[self.spans[step]], self.test_order[self.spans[step]]

    def train(self, step: int) -> tuple[Tensor, Tensor]:
        """The training batch of a step: numbers (B, 1, 28, 28) and labels (B,)."""
        return self.digits.train(self.chosen(step)[0])

    def test(self, step: int) -> tuple[Tensor, Tensor]:
        """The test batch of a step."""
        return self.digits.test(self.chosen(step)[1])


RATES = {"sgd": 0.01, "adam": 0.001}
Kind = Callable[..., torch.optim.Optimizer]
KINDS: dict[str, Kind] = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def kind_of(name: str) -> Kind:
    """Plain SGD, or Adam. Raises ``ValueError`` for another name."""
    if name not in KINDS:
        raise ValueError(f"the optimizer must be one of {sorted(KINDS)}, not {name!r}")
    return KINDS[name]


def make_optimizer(name: str, net: nn.Module, rate: float | None = None, fused: bool = True) -> torch.optim.Optimizer:
    """At a learning rate, or at the usual one. Raises ``ValueError`` for an unknown name."""
    return kind_of(name)(net.parameters(), lr=rate or RATES[name], fused=fused)


Update = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Curves:
    """What every iteration gave, each of shape (steps,): mean loss and error rate of its training batch (in training
    mode, before the update), and of its test batch (in evaluation mode, after the update)."""

    train_loss: Tensor
    train_error: Tensor
    test_loss: Tensor
    test_error: Tensor

    @classmethod
    def empty(cls, steps: int, device: torch.device, dtype: torch.dtype) -> Curves:
        return cls(*torch.full((4, steps), math.nan, device=device, dtype=dtype))

    def write(self, steps: range, rows: Tensor) -> None:
        """Take over what ``steps`` gave, (steps, 4) in the order of the fields."""
        for curve, values in zip(
            (self.train_loss, self.train_error, self.test_loss, self.test_error), rows.T, strict=True
        ):
            curve[steps.start : steps.stop] = values

    def cpu(self) -> Curves:
        return Curves(self.train_loss.cpu(), self.train_error.cpu(), self.test_loss.cpu(), self.test_error.cpu())


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far the costs of single images lie apart at the weights that a training had after ``step`` steps.

    ``train`` and ``test`` are variances over images, of training digits in training mode and of test digits without
    dropout; ``train_error`` and ``test_error`` their relative standard errors.
    """

    step: int
    train: float
    train_error: float
    test: float
    test_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A finished training: ``curves`` on the CPU, ``seen[i]`` training images after step ``i``, ``epochs`` from 0, and
    the ``spreads`` at the weights that were looked at on the way."""

    batch: int
    curves: Curves
    seen: Tensor
    epochs: tuple[Epoch, ...]
    spreads: tuple[Spread, ...] = ()


def error_rate(log_p: Tensor, y: Tensor) -> Tensor:
    return (log_p.argmax(dim=1) != y).to(log_p.dtype).mean()


def sizes(batch: Sequence[int] | int) -> list[int]:
    return sorted({batch} if isinstance(batch, int) else set(batch))


def is_zero(y: Tensor) -> Tensor:
    """The two classes: 1 for a zero, 0 for any other digit, int64."""
    return (y == 0).long()
