"""The training loop: data on the device, one test batch an iteration, and no wait for the device inside an epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import BenchError, Lab
from bench.kit.training import Epoch, Recipe, Replay, load, save, score, seeded
from bench.kit.training.randomness import set_streams, streams

from .a_spread import spread, stops
from .network import initial
from .problem import Curves, Digits, Feed, History, Spread, Update, make_optimizer
from .reference import learn, look

ENGINES = ("torch", "compiled")
STRETCH = 500
"""Iterations between two looks at the progress, and at whether the loss is still finite."""
Track = Callable[[Sequence[range], str], Iterable[range]]
Advance = Callable[["Feed", range, "Curves"], None]
"""Train for some steps of the feed, and write down what they gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a training of 10a goes, its batch size aside."""

    optimizer: str
    learning_rate: float
    dropout: float
    engine: str = "torch"


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


@dataclass(frozen=True, slots=True)
class Watch:
    """Where a training stops to be looked at, in steps done, and what is then found of its weights."""

    stops: tuple[int, ...]
    look: Callable[[nn.Module, int], Spread]


NOWHERE = Watch((), lambda net, step: Spread(step=step, train=0, train_error=0, test=0, test_error=0))


def train(
    net: nn.Module,
    feed: Feed,
    optimizer: torch.optim.Optimizer,
    seed: int,
    *,
    track: Track = lambda it, label: it,
    checkpoint: Path | None = None,
    steps: Advance | None = None,
    watch: Watch = NOWHERE,
) -> History:
    """Train ``net`` in place over all epochs of the feed, its dropout drawn from ``seed``.

    ``checkpoint`` is written after every epoch; one that is there is gone on with. ``steps`` is another way to do the
    optimizer's updates. Raises ``BenchError`` with the epoch and the batch size when the loss is no longer finite.
    """
    device, rate = feed.train_order.device, float(optimizer.param_groups[0]["lr"])
    curves = Curves.empty(len(feed.spans), device, feed.digits.dtype)
    steps = steps or partial(advance, replayed(net, optimizer, feed.digits))
    spreads: list[Spread] = []
    with seeded(seed, device):
        if checkpoint is not None and checkpoint.exists():
            epochs, spreads = _restore(load(checkpoint), net, optimizer, curves, feed=feed, seed=seed)
        else:
            epochs = [evaluate(net, feed.digits, 0, rate)]
        for stretch in track(_stretches(feed, len(epochs) - 1, watch.stops), f"batch size {feed.batch}"):
            steps(feed, stretch, curves)
            _check(curves, stretch, feed)
            if stretch.stop in watch.stops:
                spreads.append(watch.look(net, stretch.stop))
            if stretch.stop % feed.steps_per_epoch == 0:
                epochs.append(evaluate(net, feed.digits, len(epochs), rate))
                if checkpoint is not None:
                    done = {"epochs": [*map(asdict, epochs)], "spreads": [*map(asdict, spreads)]}
                    save(checkpoint, done | _state(net, optimizer, curves, feed=feed, seed=seed))
    seen = torch.tensor([span.stop for span in feed.spans])
    return History(batch=feed.batch, curves=curves.cpu(), seen=seen, epochs=tuple(epochs), spreads=tuple(spreads))


def _stretches(feed: Feed, done: int, stops: Sequence[int]) -> list[range]:
    """What is left after ``done`` epochs; no stretch crosses the end of an epoch or one of the ``stops``."""
    n = feed.steps_per_epoch
    cuts = {epoch * n + at for epoch in range(done, feed.epochs) for at in range(0, n, STRETCH)}
    cuts |= {stop for stop in stops if done * n < stop} | {feed.epochs * n}
    return [range(start, stop) for start, stop in pairwise(sorted(cuts))]


def _kind(optimizer: torch.optim.Optimizer, feed: Feed, seed: int) -> list[Any]:
    return [feed.batch, feed.steps_per_epoch, seed, type(optimizer).__name__]


def _state(
    net: nn.Module, optimizer: torch.optim.Optimizer, curves: Curves, *, feed: Feed, seed: int
) -> dict[str, Any]:
    return {
        "kind": _kind(optimizer, feed, seed),
        "net": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "curves": asdict(curves),
        "streams": streams(torch.Generator(), feed.train_order.device),
    }


def _restore(
    state: dict[str, Any], net: nn.Module, optimizer: torch.optim.Optimizer, curves: Curves, *, feed: Feed, seed: int
) -> tuple[list[Epoch], list[Spread]]:
    if state.get("kind") != _kind(optimizer, feed, seed):
        raise BenchError(f"the checkpoint of batch size {feed.batch} is that of another training: remove it")
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    for name, values in state["curves"].items():
        getattr(curves, name)[: len(values)] = values
    set_streams(state["streams"], torch.Generator(), feed.train_order.device)
    return [Epoch(**epoch) for epoch in state["epochs"]], [Spread(**spread) for spread in state["spreads"]]


def _check(curves: Curves, stretch: range, feed: Feed) -> None:
    finite = curves.train_loss[stretch.start : stretch.stop].isfinite()
    if not bool(finite.all()):
        step = stretch.start + int((~finite).int().argmax())
        raise BenchError(
            f"the loss diverged in epoch {step // feed.steps_per_epoch + 1} with batch size {feed.batch} "
            f"(iteration {step + 1}: {curves.train_loss[step].item()}); lower the learning rate"
        )


def trained(lab: Lab, feed: Feed, how: Settings, looks: int = 0) -> History:
    """One training from the initial weights that all batch sizes share, in float32; channels last is the faster.

    It is looked at ``looks`` times in every epoch. Raises ``BenchError`` where the compiled engine cannot train it.
    """
    net = initial(lab.seed, how.dropout).to(lab.device).to(memory_format=torch.channels_last)
    stepper = make_optimizer(how.optimizer, net, how.learning_rate)
    steps = None
    if how.engine == "compiled":
        if how.optimizer != "sgd" or lab.device.type != "cpu":
            raise BenchError("the compiled engine knows plain SGD on the CPU alone: engine=torch trains all")
        from . import a_compiled as compiled  # late: others need no Numba

        steps = partial(compiled.advance, net, how.learning_rate)
    name = f"{how.optimizer}, batch {feed.batch}"
    watch = Watch(stops(feed, looks), partial(spread, digits=feed.digits, seed=lab.seed)) if looks else NOWHERE
    return train(
        net, feed, stepper, lab.seed, track=lab.track, checkpoint=lab.checkpoint(name), steps=steps, watch=watch
    )
