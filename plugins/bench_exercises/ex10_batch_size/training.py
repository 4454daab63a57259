"""The training loop: data on the device, one test batch an iteration, and no wait for the device inside an epoch."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import BenchError
from bench.kit.training import Epoch, Recipe, Replay, load, save, score, seeded
from bench.kit.training.randomness import set_streams, streams

from .feed import Digits, Feed

RATES = {"sgd": 0.01, "adam": 0.001}
Kind = Callable[..., torch.optim.Optimizer]
KINDS: dict[str, Kind] = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
STRETCH = 500
"""Iterations between two looks at the progress, and at whether the loss is still finite."""

Update = Callable[[Tensor, Tensor], Tensor]
Track = Callable[[Sequence[range], str], Iterable[range]]
Advance = Callable[["Feed", range, "Curves"], None]
"""Train for some steps of the feed, and write down what they gave."""


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

    def write(self, steps: range, rows: Tensor) -> None:
        """Take over what ``steps`` gave, (steps, 4) in the order of the fields."""
        for curve, values in zip(
            (self.train_loss, self.train_error, self.test_loss, self.test_error), rows.T, strict=True
        ):
            curve[steps.start : steps.stop] = values

    def cpu(self) -> "Curves":
        return Curves(self.train_loss.cpu(), self.train_error.cpu(), self.test_loss.cpu(), self.test_error.cpu())


@dataclass(frozen=True, slots=True)
class History:
    """A finished training: ``curves`` on the CPU, ``seen[i]`` training images after step ``i``, ``epochs`` from 0."""

    batch: int
    curves: Curves
    seen: Tensor
    epochs: tuple[Epoch, ...]


def kind_of(name: str) -> Kind:
    """Plain SGD, or Adam. Raises ``ValueError`` for another name."""
    if name not in KINDS:
        raise ValueError(f"the optimizer must be one of {sorted(KINDS)}, not {name!r}")
    return KINDS[name]


def make_optimizer(name: str, net: nn.Module, rate: float | None = None, fused: bool = True) -> torch.optim.Optimizer:
    """At a learning rate, or at the usual one. Raises ``ValueError`` for an unknown name."""
    return kind_of(name)(net.parameters(), lr=rate or RATES[name], fused=fused)


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


def plainly(net: nn.Module, optimizer: torch.optim.Optimizer, digits: Digits) -> Update:
    """One update and a look at a test batch: which digits in, a row (4,) of the curves out."""

    def update(chosen: Tensor, looked: Tensor) -> Tensor:
        return torch.stack([*learn(net, optimizer, *digits.train(chosen)), *look(net, *digits.test(looked))])

    return update


def replayed(net: nn.Module, optimizer: torch.optim.Optimizer, digits: Digits) -> Update:
    """The same, as one launch on CUDA; elsewhere as it is."""
    update, device = plainly(net, optimizer, digits), digits.train_y.device
    return Replay(update, device, optimizer) if device.type == "cuda" else update


def advance(update: Update, feed: Feed, steps: range, curves: Curves) -> None:
    """Train for ``steps``, with a look at a test batch after each, and write down both; nothing here waits."""
    rows = torch.empty(len(steps), 4, device=feed.train_order.device, dtype=feed.digits.dtype)
    for row, step in zip(rows, steps, strict=True):
        row.copy_(update(*feed.chosen(step)))
    curves.write(steps, rows)


def evaluate(net: nn.Module, digits: Digits, number: int, rate: float) -> Epoch:
    """Mean loss and accuracy over both whole sets, dropout off."""
    recipe = Recipe(epochs=1, loss=F.nll_loss)
    train, test = (score(net, examples, recipe) for examples in digits.examples())
    return Epoch.of(number, rate, [train, test])


def train(
    net: nn.Module,
    feed: Feed,
    optimizer: torch.optim.Optimizer,
    seed: int,
    *,
    track: Track = lambda it, label: it,
    checkpoint: Path | None = None,
    steps: Advance | None = None,
) -> History:
    """Train ``net`` in place over all epochs of the feed, its dropout drawn from ``seed``.

    ``checkpoint`` is written after every epoch; one that is there is gone on with. ``steps`` is another way to do the
    optimizer's updates. Raises ``BenchError`` with the epoch and the batch size when the loss is no longer finite.
    """
    device, rate = feed.train_order.device, float(optimizer.param_groups[0]["lr"])
    curves = Curves.empty(len(feed.spans), device, feed.digits.dtype)
    steps = steps or partial(advance, replayed(net, optimizer, feed.digits))
    with seeded(seed, device):
        if checkpoint is not None and checkpoint.exists():
            epochs = _restore(load(checkpoint), net, optimizer, curves, feed=feed, seed=seed)
        else:
            epochs = [evaluate(net, feed.digits, 0, rate)]
        for stretch in track(_stretches(feed, len(epochs) - 1), f"batch size {feed.batch}"):
            steps(feed, stretch, curves)
            _check(curves, stretch, feed)
            if stretch.stop % feed.steps_per_epoch == 0:
                epochs.append(evaluate(net, feed.digits, len(epochs), rate))
                if checkpoint is not None:
                    save(checkpoint, _state(net, optimizer, curves, epochs=epochs, feed=feed, seed=seed))
    seen = torch.tensor([span.stop for span in feed.spans])
    return History(feed.batch, curves.cpu(), seen, tuple(epochs))


def _stretches(feed: Feed, done: int) -> list[range]:
    """What is left after ``done`` epochs; no stretch crosses the end of an epoch."""
    n = feed.steps_per_epoch
    starts = [
        (at, (epoch + 1) * n) for epoch in range(done, feed.epochs) for at in range(epoch * n, (epoch + 1) * n, STRETCH)
    ]
    return [range(at, min(at + STRETCH, end)) for at, end in starts]


def _state(
    net: nn.Module, optimizer: torch.optim.Optimizer, curves: Curves, *, epochs: list[Epoch], feed: Feed, seed: int
) -> dict[str, Any]:
    return {
        "kind": [feed.batch, feed.steps_per_epoch, seed, type(optimizer).__name__],
        "net": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "curves": asdict(curves),
        "epochs": [asdict(epoch) for epoch in epochs],
        "streams": streams(torch.Generator(), feed.train_order.device),
    }


def _restore(
    state: dict[str, Any], net: nn.Module, optimizer: torch.optim.Optimizer, curves: Curves, *, feed: Feed, seed: int
) -> list[Epoch]:
    if state.get("kind") != [feed.batch, feed.steps_per_epoch, seed, type(optimizer).__name__]:
        raise BenchError(f"the checkpoint of batch size {feed.batch} is that of another training: remove it")
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    for name, values in state["curves"].items():
        getattr(curves, name)[: len(values)] = values
    set_streams(state["streams"], torch.Generator(), feed.train_order.device)
    return [Epoch(**epoch) for epoch in state["epochs"]]


def _check(curves: Curves, stretch: range, feed: Feed) -> None:
    finite = curves.train_loss[stretch.start : stretch.stop].isfinite()
    if not bool(finite.all()):
        step = stretch.start + int((~finite).int().argmax())
        raise BenchError(
            f"the loss diverged in epoch {step // feed.steps_per_epoch + 1} with batch size {feed.batch} "
            f"(iteration {step + 1}: {curves.train_loss[step].item()}); lower the learning rate"
        )
