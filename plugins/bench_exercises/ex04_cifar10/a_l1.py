"""4a1: L1 kills weights, at the update that arithmetic names, and the network with them or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import max_error

from .a_penalties import arithmetic_off, compare_weights, death, died_as_predicted, expected_sum, name, predicted
from .network import FLAT, bound, initial, weighted
from .problem import MOMENTUM, STRENGTHS, Setting, load
from .reference import SWING, Change, Trained, learned, near_zero, record, resolution, train

EXACT = 1e-12
STANDARD_ERRORS = 5


def change(strength: float, seed: int | None = None) -> Change:
    return Change(label=name("L1", strength), l1=strength, seed=seed)


def study(lab: Lab, setting: Setting, l1: Sequence[float]) -> None:
    photos = load(lab, setting)
    at_the_start(lab, l1)
    plain = train(lab, setting, photos, timed=False)
    nets: dict[str, nn.Module] = {"at the start": initial(lab.seed, width=setting.width), "baseline": plain.net}
    for strength in l1:
        trained = train(lab, setting, photos, change(strength))
        record(lab, photos, trained)
        nets[trained.label] = trained.net
        watch(lab, setting, strength, trained)
        if strength == max(STRENGTHS):
            silenced(lab, trained, plain, len(photos.train))
        draw(lab, setting, strength, trained=trained, data=photos.name)
    compare_weights(lab, photos.name, nets, resolution(setting.learning_rate * l1[0], setting.momentum))
    if lab.profile != "smoke" and trained.label == name("L1", min(STRENGTHS)):
        less = trained.history.last.gap / plain.history.last.gap
        lab.claim(f"gap under {trained.label} over the baseline's", less, at_most=1, as_declared=True)
        learned(lab, trained, len(photos.train))


def at_the_start(lab: Lab, l1: Sequence[float]) -> None:
    """The sheet's network before any update: Σ|w|, and how many updates its largest layer is good for."""
    sheet = initial(lab.seed)
    sums = sum(float(layer.weight.detach().abs().sum()) for layer in weighted(sheet).values())
    lab.metric("Σ|w| of the sheet's network at the start", sums)
    expected, error = expected_sum(sheet)
    lab.claim(
        "Σ|w| at the start off the arithmetic by (relative)",
        abs(sums / expected - 1),
        at_most=STANDARD_ERRORS * error / expected,
    )
    for strength in l1:
        steps = death(FLAT**-0.5, 0.001 * strength, MOMENTUM)
        lab.metric(f"updates until the sheet's 4096-layer is dead, arithmetic, {name('L1', strength)}", steps)
    lab.claim("the shrinking by arithmetic = SGD with momentum", arithmetic_off(), at_most=EXACT)
    lab.claim("the update of death by arithmetic, updates off SGD's own", counted_off(), equals=0)
    furthest = swings()
    lab.claim("a dead weight swings beyond zero by so many steps at full speed", furthest.max(), at_most=SWING)
    lab.claim("a dead weight swings from the fourth time on by so many steps", furthest[3:].max(), at_most=1)


def counted_off() -> int:
    """A weight that only the penalty pulls, update by update, until it is not above zero; against ``death``."""
    limit, pull, momentum = 1 / 64, 1e-4, 0.9
    weight, velocity, steps = limit, 0.0, 0
    while weight > 0:
        velocity = momentum * velocity + 1
        weight, steps = weight - pull * velocity, steps + 1
    return abs(steps - death(limit, pull, momentum))


def swings() -> Tensor:
    """How far each swing beyond zero goes, in steps at full speed: the furthest, over where in its last step a weight
    at full speed crosses zero."""
    momentum, phases, updates = MOMENTUM, 100, 60
    step = 1 / (1 - momentum)
    weight = torch.arange(phases, dtype=torch.float64) / phases * step
    velocity, furthest = torch.full_like(weight, step), torch.zeros(phases, updates + 1, dtype=torch.float64)
    swing = torch.zeros(phases, 1, dtype=torch.int64)
    for _ in range(updates):
        before, weight = weight, weight - velocity
        swing += (weight.sign() != before.sign())[:, None]
        furthest.scatter_reduce_(1, swing, weight.abs()[:, None], "amax")
        velocity = momentum * velocity + weight.sign()
    return furthest.amax(0)[1:] / step


def watch(lab: Lab, setting: Setting, strength: float, trained: Trained) -> None:
    """The layer behind the convolutions: when arithmetic lets its weights die, and when they died.

    That the cross-entropy cannot keep most of them alive is claimed of 1e-2, once there was time to die in.
    """
    pull, label = setting.learning_rate * strength, trained.label
    layer = trained.net.head[0]
    assert isinstance(layer, nn.Linear)
    limit, below = bound(layer), resolution(pull, setting.momentum)
    steps = death(limit, pull, setting.momentum)
    share = near_zero(layer.weight, below)
    lab.metric(f"updates until this network's 4096-layer is dead, arithmetic, {label}", steps)
    lab.metric(f"dead weights of the 4096-layer in the end, {label}", share)
    done = len(trained.history.losses)
    alone = predicted(done, limit, pull, setting.momentum)
    if len(trained.shares) == done:
        # Before the first update nothing has pulled yet: the weights are uniform, whatever the penalty.
        error = (float(alone[0]) * (1 - float(alone[0])) / layer.weight.numel()) ** 0.5
        off = max_error(trained.shares[0], alone[0])
        lab.claim(f"dead weights at the start off the arithmetic by, {label}", off, at_most=STANDARD_ERRORS * error)
    if strength == max(STRENGTHS) and done >= 3 * steps:
        lab.claim(f"share of the 4096-layer that {label} has killed", float(share), at_least=0.9)


def silenced(lab: Lab, trained: Trained, plain: Trained, n: int) -> None:
    """A dead layer lets nothing through: all that is left is the bias of the output, and the classes' frequencies.

    In a small network some weights in a thousand live on, and a little is learned: it is claimed there that this is far
    less than without the penalty.
    """
    ours, theirs = trained.history.last, plain.history.last
    off = abs(ours.test_loss - math.log(10))
    lab.metric(f"test loss under {trained.label}, distance from ln 10", off)
    if lab.profile == "full":
        lab.claim(f"test loss under {trained.label} off ln 10 by", off, at_most=0.02, as_declared=True)
    if lab.profile == "smoke":
        return
    error = math.sqrt(sum(share * (1 - share) for share in (ours.train_accuracy, theirs.train_accuracy)) / n)
    less = (theirs.train_accuracy - ours.train_accuracy) / error if error > 0 else 0.0
    name = f"{trained.label}: training accuracy below the baseline's, in standard errors"
    lab.claim(name, less, at_least=STANDARD_ERRORS, as_declared=True)


def draw(lab: Lab, setting: Setting, strength: float, *, trained: Trained, data: str) -> None:
    """The share of dead weights before each update, beside the one that the penalty alone would give.

    A training that was interrupted has not seen its first updates, and draws no curve of them.
    """
    pull, label, done = setting.learning_rate * strength, trained.label, len(trained.history.losses)
    if len(trained.shares) < done:
        return
    limit = bound(weighted(trained.net)[list(weighted(trained.net))[6]])
    alone = predicted(done, limit, pull, setting.momentum)
    apart = died_as_predicted(trained.shares, alone, death(limit, pull, setting.momentum))
    lab.metric(f"dead weights, largest difference from the arithmetic until then, {label}", apart)
    chart: dict[str, Any] = {"x_label": f"update, {data}", "y_label": "share of dead weights"}
    for series, values in (("measured", trained.shares), ("arithmetic: the penalty alone", alone)):
        lab.curve(f"the first linear layer under {label}", range(done), values, series=series, **chart)
