"""The training loop: data on the device, one test batch an iteration, and no wait for the device inside an epoch."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import BenchError

from .feed import Digits, Feed

RATES = {"sgd": 0.01, "adam": 0.001}
STRETCH = 500
"""Iterations between two looks at the progress, and at whether the loss is still finite."""

Track = Callable[[Sequence[range], str], Iterable[range]]


@dataclass(frozen=True, slots=True)
class Curves:
    """What every iteration gave, each of shape (steps,): mean loss and error rate of its training batch (in training
    mode, before the update), and of its test batch (in evaluation mode, after the update)."""

    train_loss: Tensor
    train_error: Tensor
    test_loss: Tensor
    test_error: Tensor

    @classmethod
    def empty(cls, steps: int, device: torch.device, dtype: torch.dtype) -> "Curves":
        return cls(*torch.full((4, steps), math.nan, device=device, dtype=dtype))

    def cpu(self) -> "Curves":
        return Curves(self.train_loss.cpu(), self.train_error.cpu(), self.test_loss.cpu(), self.test_error.cpu())


@dataclass(frozen=True, slots=True)
class Epoch:
    """Loss and accuracy on the whole training and test set, in evaluation mode, after ``number`` epochs."""

    number: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True, slots=True)
class History:
    """A finished training: ``curves`` on the CPU, ``seen[i]`` training images after step ``i``, ``epochs`` from 0."""

    batch: int
    curves: Curves
    seen: Tensor
    epochs: tuple[Epoch, ...]


def make_optimizer(name: str, net: nn.Module, rate: float | None = None, fused: bool = True) -> torch.optim.Optimizer:
    """Plain SGD, or Adam, at a learning rate or the sheet's usual one. Raises ``ValueError`` for another name."""
    if name not in RATES:
        raise ValueError(f"the optimizer must be one of {sorted(RATES)}, not {name!r}")
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[name]
    return kind(net.parameters(), lr=rate or RATES[name], fused=fused)


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Dropout draws from a stream of this seed inside, and the global stream is left as it was."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


def learn(net: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """One update; loss and error rate of the batch before it."""
    net.train()
    optimizer.zero_grad()
    log_p = net(x)
    loss = F.nll_loss(log_p, y)
    loss.backward()
    optimizer.step()
    return loss.detach(), error_rate(log_p.detach(), y)


@torch.inference_mode()
def look(net: nn.Module, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Loss and error rate of a batch, dropout off."""
    net.eval()
    log_p = net(x)
    return F.nll_loss(log_p, y), error_rate(log_p, y)


def error_rate(log_p: Tensor, y: Tensor) -> Tensor:
    return (log_p.argmax(dim=1) != y).to(log_p.dtype).mean()


def advance(net: nn.Module, optimizer: torch.optim.Optimizer, feed: Feed, steps: range, curves: Curves) -> None:
    """Train for ``steps``, with a look at a test batch after each, and write down both; nothing here waits."""
    for step in steps:
        curves.train_loss[step], curves.train_error[step] = learn(net, optimizer, *feed.train(step))
        curves.test_loss[step], curves.test_error[step] = look(net, *feed.test(step))


@torch.inference_mode()
def whole(net: nn.Module, digits: Digits, x: Tensor, y: Tensor, batch: int = 500) -> tuple[float, float]:
    """Mean loss and accuracy over a whole set, dropout off."""
    net.eval()
    loss = torch.zeros((), device=y.device, dtype=torch.float64)
    right = torch.zeros((), device=y.device, dtype=torch.int64)
    for pixels, labels in zip(x.split(batch), y.split(batch), strict=True):
        log_p = net(digits.numbers(pixels))
        loss += F.nll_loss(log_p, labels, reduction="sum")
        right += (log_p.argmax(dim=1) == labels).sum()
    return loss.item() / len(y), right.item() / len(y)


def evaluate(net: nn.Module, digits: Digits, number: int) -> Epoch:
    train = whole(net, digits, digits.train_x, digits.train_y)
    return Epoch(number, *train, *whole(net, digits, digits.test_x, digits.test_y))


def train(
    net: nn.Module, feed: Feed, optimizer: torch.optim.Optimizer, seed: int, track: Track = lambda it, label: it
) -> History:
    """Train ``net`` in place over all epochs of the feed, its dropout drawn from ``seed``.

    Raises ``BenchError`` with the epoch and the batch size when the loss is no longer finite.
    """
    device, steps = feed.train_order.device, len(feed.spans)
    curves = Curves.empty(steps, device, feed.digits.dtype)
    epochs = [evaluate(net, feed.digits, 0)]
    stretches = [range(at, min(at + STRETCH, end)) for at, end in _cuts(feed)]
    with seeded(seed, device):
        for stretch in track(stretches, f"batch size {feed.batch}"):
            advance(net, optimizer, feed, stretch, curves)
            _check(curves, stretch, feed)
            if stretch.stop % feed.steps_per_epoch == 0:
                epochs.append(evaluate(net, feed.digits, len(epochs)))
    seen = torch.tensor([span.stop for span in feed.spans])
    return History(feed.batch, curves.cpu(), seen, tuple(epochs))


def _cuts(feed: Feed) -> list[tuple[int, int]]:
    """Starts of stretches, each with the end of its epoch."""
    n = feed.steps_per_epoch
    return [(at, (e + 1) * n) for e in range(feed.epochs) for at in range(e * n, (e + 1) * n, STRETCH)]


def _check(curves: Curves, stretch: range, feed: Feed) -> None:
    finite = curves.train_loss[stretch.start : stretch.stop].isfinite()
    if not bool(finite.all()):
        step = stretch.start + int((~finite).int().argmax())
        raise BenchError(
            f"the loss diverged in epoch {step // feed.steps_per_epoch + 1} with batch size {feed.batch} "
            f"(iteration {step + 1}: {curves.train_loss[step].item()}); lower the learning rate"
        )
