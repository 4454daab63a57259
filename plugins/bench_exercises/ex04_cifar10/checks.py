"""The training held against the model solution and against updates by hand, and the classic mistakes of such a loop."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, max_error
from bench.kit.data import statistics
from bench.kit.training import Examples, Recipe, Training

from . import solution
from .by_hand import updates
from .network import Net, initial
from .problem import BATCH, MOMENTUM, Photos, Setting, load, numbers
from .reference import Trained, optimizer

IMAGES, TESTS, EPOCHS, RATE, WIDTH = 56, 40, 2, 0.02, 1 / 16
"""56 pictures make two batches an epoch, the last of 24: there a mean of batch means is not the mean."""
ROUNDING = 1e-9
"""Four updates in float64 differ by rounding alone, 1e-13 or so; a float32 anywhere would give 1e-7."""
FIRST, CLOSE = 8, 1e-3
"""So many updates in float32 differ by rounding, 1e-6 of a loss, that training makes grow: by 1e-4 at most, seen."""

LOSSES = "model solution = kit: every loss of a training"
SCORES = "model solution = kit: loss and accuracy of both sets, every epoch"
BY_HAND = "updates by hand = kit: every loss, and every weight in the end"
Scores = list[tuple[float, ...]]
"""Train loss and accuracy, test loss and accuracy, before the training and after every epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A training small enough for float64: pictures as the network takes them, and the network it starts from."""

    train: TensorDataset
    test: TensorDataset
    start: Net
    setting: Setting
    seed: int

    @classmethod
    def of(cls, lab: Lab, setting: Setting) -> Small:
        """Of its own size, whatever the run trains on."""
        photos = load(lab, replace(setting, images=IMAGES, tests=TESTS))
        moments = statistics(photos.train.x)
        train, test = (
            TensorDataset(numbers(moments, lab.dtype, some.x).cpu(), some.y.cpu())
            for some in (photos.train, photos.test)
        )
        return cls(
            train=train,
            test=test,
            start=initial(lab.seed, width=WIDTH).to(lab.dtype),
            setting=replace(setting, learning_rate=RATE, momentum=MOMENTUM, batch=BATCH),
            seed=lab.seed,
        )

    def batches(self, *, shuffle: bool = True) -> list[tuple[Tensor, Tensor]]:
        """Those of the model solution, epoch after epoch."""
        if not shuffle:
            x, y = self.train.tensors
            return EPOCHS * list(zip(x.split(BATCH), y.split(BATCH), strict=True))
        loader = solution.shuffled(self.train, BATCH, self.seed)
        return [batch for _ in range(EPOCHS) for batch in loader]


def by_kit(small: Small) -> tuple[list[float], Scores, Net]:
    """Losses of the batches, scores, and the network in the end."""
    net = deepcopy(small.start)
    train, test = (Examples(some.tensors[0], some.tensors[1]) for some in (small.train, small.test))
    recipe = Recipe(epochs=EPOCHS, batch=BATCH, seed=small.seed)
    history = Training(net, optimizer(net, small.setting), recipe, train=train, test=test).run()
    scores: Scores = [(e.train_loss, e.train_accuracy, e.test_loss, e.test_accuracy) for e in history.epochs]
    return history.losses.tolist(), scores, net


def by_solution(small: Small, net: nn.Module) -> tuple[list[float], Scores]:
    losses, scores, _ = solution.train(
        net, small.train, small.test, epochs=EPOCHS, learning_rate=RATE, momentum=MOMENTUM, seed=small.seed
    )
    return losses, scores


class AlwaysTraining(nn.Module):
    """A network that ``eval()`` does not reach."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = deepcopy(net)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.net.train()(x)
        return found


def same_training(lab: Lab, setting: Setting) -> None:
    """Three ways through one small training in float64: the kit, the model solution, updates by hand."""
    small = Small.of(lab, setting)
    losses, scores, net = by_kit(small)
    found, seen = by_solution(small, deepcopy(small.start))
    lab.claim(LOSSES, apart(found, losses), at_most=ROUNDING)
    lab.claim(SCORES, apart(seen, scores), at_most=ROUNDING)
    hand, end = updates(small.start, small.batches(), learning_rate=RATE, momentum=MOMENTUM)
    weights = max_error(list(end.parameters()), list(net.parameters()))
    lab.claim(BY_HAND, largest(apart(hand, losses), weights), at_most=ROUNDING)
    lab.claim("one update lowers its batch's loss by η‖g‖², relative error", descent_off(small), at_most=0.01)
    break_it(lab, *mistakes(small, losses), *mistaken_scores(small, scores, net))


def apart(found: Iterable[Any], expected: Iterable[Any]) -> float:
    return max_error(*(torch.tensor(list(values), dtype=torch.float64) for values in (found, expected)))


def descent_off(small: Small, step: float = 1e-5) -> float:
    """L(w - η g) = L(w) - η ‖g‖² + O(η²): how far the first batch's loss is from that, relative to the fall."""
    x, y = small.batches()[0]
    net = deepcopy(small.start).train()
    gradients = torch.autograd.grad(F.cross_entropy(net(x), y), list(net.parameters()))
    (before, after), _ = updates(small.start, [(x, y)] * 2, learning_rate=step, momentum=0.0)
    return abs((before - after) / (step * sum(float(g.square().sum()) for g in gradients)) - 1)


def mistakes(small: Small, losses: list[float]) -> list[Mistake]:
    """Slips of a training loop, each computed for real."""

    def wrong(name: str, **slip: Any) -> Mistake:
        batches, sign = slip.pop("batches", small.batches()), slip.pop("sign", 1)
        found, _ = updates(small.start, batches, **{"learning_rate": RATE, "momentum": MOMENTUM} | slip)
        return Mistake(name=name, fails=LOSSES, value=apart([sign * loss for loss in found], losses))

    return [
        wrong("gradients never cleared: no zero_grad()", clear=False),
        wrong("a softmax in front of the cross-entropy", loss=lambda z, y: F.cross_entropy(z.softmax(1), y)),
        wrong("momentum forgotten", momentum=0.0),
        wrong("a sum over the batch where the loss is a mean", learning_rate=BATCH * RATE),
        wrong("a step up the gradient", loss=lambda z, y: -F.cross_entropy(z, y), sign=-1),
        wrong("batches not shuffled", batches=small.batches(shuffle=False)),
        wrong("training pictures of another scale", batches=[(x / 2, y) for x, y in small.batches()]),
    ]


def mistaken_scores(small: Small, scores: Scores, net: Net) -> list[Mistake]:
    """Slips of what is reported, each computed for real."""
    _, in_training = by_solution(small, AlwaysTraining(small.start))
    net.eval()
    with torch.no_grad():
        x, y = small.train.tensors
        means = [F.cross_entropy(net(a), b) for a, b in zip(x.split(BATCH), y.split(BATCH), strict=True)]
    off = apart([torch.stack(means).mean()], [scores[-1][0]])
    return [
        Mistake(name="eval() forgotten before scoring", fails=SCORES, value=apart(in_training, scores)),
        Mistake(name="a mean of batch means, the last batch smaller", fails=SCORES, value=off),
    ]


def same_network(lab: Lab) -> None:
    """The model solution's network has the sheet's layers: given the same weights, the same outputs."""
    net, plain = initial(lab.seed), solution.network()
    values = dict(zip(plain.state_dict(), net.state_dict().values(), strict=True))
    plain.load_state_dict(values)
    x = torch.rand(2, 3, 32, 32, generator=lab.generator())
    with torch.no_grad():
        lab.claim("outputs of the model solution's network = ours", max_error(plain(x), net(x)), at_most=1e-5)


def same_start(lab: Lab, setting: Setting, photos: Photos, trained: Trained) -> None:
    """The training that the charts show begins as the model solution's does, on the run's own pictures."""
    net = initial(lab.seed, width=setting.width).to(lab.device)
    sgd = torch.optim.SGD(net.parameters(), lr=setting.learning_rate, momentum=setting.momentum)
    order = solution.shuffled(range(len(photos.train)), setting.batch, lab.seed)  # type: ignore[arg-type]
    batches = ((photos.train.ready(photos.train.x[i]), photos.train.y[i]) for i in islice(order, FIRST))
    found = solution.one_epoch(net, sgd, batches)
    if setting.numerics == "fp32":
        lab.claim(
            "first losses of the training = model solution's",
            apart(found, trained.history.losses[: len(found)]),
            at_most=CLOSE,
        )


def recount(lab: Lab, photos: Photos, trained: Trained) -> None:
    """What the charts end with, counted again from the network in the end by the model solution."""
    sets = (TensorDataset(some.ready(some.x), some.y) for some in (photos.train, photos.test))
    found = [value for some in sets for value in solution.evaluate(trained.net, some)]
    ends = {(curve.name.split(",")[0], curve.series): curve.y[-1] for curve in lab.findings.curves}
    shown = [ends[kind, of] for of in ("train", "test") for kind in ("loss", "accuracy")]
    lab.claim("ends of the four curves = counted again", apart(found, shown), at_most=CLOSE)
    metrics = {metric.name: metric.value for metric in lab.findings.metrics}
    gap = metrics[f"gap, {trained.label}"]
    lab.claim(
        "gap reported = test loss - train loss, counted again", apart([found[2] - found[0]], [gap]), at_most=CLOSE
    )
