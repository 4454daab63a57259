"""7c on the flowers: the sigmoid network from Xavier's and from He's initialisation, in pairs.

Both of a pair have the same split and the same standard normal numbers, scaled by one law or by the other.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import largest, max_error, relative_error, smallest
from bench.kit.data import iris

from . import c_mistakes
from .c_laws import by_torch
from .c_pairs import posed, unpaired
from .c_signs import Signs, count
from .checks import EXACT
from .figures import by_epoch, spread
from .problem import LAWS, Choices, Task, layers
from .reference import UNITS, Progress, train_together

ENOUGH = 0.9
"""The training accuracy that is waited for."""
WAIT = "epochs to 90 %"
PAIRED = 1e-6
"""A few roundings of float32, in which the weights are drawn."""
Series = dict[str, Tensor]
"""The series of one law's trainings under the names of ``UNITS``, each (epochs + 1, pairs), and ``WAIT`` (1, pairs)."""


def study(lab: Lab, epochs: int, choices: Choices) -> None:
    lab.uses(iris())
    pairs = lab.pick(smoke=5, quick=20, full=100)
    both = posed(lab, pairs, choices)
    laws = trained(lab, both, epochs, choices)
    lab.metric("pairs", pairs)
    lab.metric("epochs, Xavier and He", epochs)
    lab.metric("smallest p that so many pairs can give", min(1.0, 2 / 2**pairs))
    lab.claim("pairs: one split, and weights apart by √(1 + n_out/n_in)", unpaired(both), at_most=PAIRED)
    lab.claim("laws of Xavier and He = torch.nn.init's, every layer", off_torch(choices), at_most=PAIRED)
    lab.claim("first losses: each law's are its own networks'", mixed_up(both, laws), at_most=EXACT)
    table(lab, laws)
    compare(lab, laws)
    learned(lab, laws)
    c_mistakes.pairs(lab, both)
    draw(lab, laws)


def off_torch(choices: Choices) -> float:
    """How far our deviations are from those that PyTorch's initialisers draw with, relative."""
    errors = []
    for outputs, inputs in (shape for shape in choices.shapes.values() if len(shape) == 2):
        theirs = by_torch(inputs, outputs)
        for name, law in LAWS.items():
            drawn = theirs[name].double()
            errors.append(relative_error(torch.full_like(drawn, math.sqrt(law(inputs, outputs))), drawn))
    return largest(errors)


def mixed_up(both: Task, laws: dict[str, Series]) -> float:
    """How far the first losses that are reported are from those of plain sigmoid networks, a pair at a time."""
    first = torch.cat([series["train loss"][0] for series in laws.values()])
    losses = []
    for i in range(len(first)):
        a = both.x[i]
        for k in range(1, layers(both.theta) + 1):
            z = nn.functional.linear(a, both.theta[f"W{k}"][i], both.theta[f"b{k}"][i])
            a = z.sigmoid()
        losses.append(nn.functional.cross_entropy(z, both.y[i]))
    return max_error(torch.stack(losses).cpu(), first)


def learned(lab: Lab, laws: dict[str, Series]) -> None:
    """Guessing costs log 3."""
    losses = [series["train loss"][-1] for series in laws.values()]
    errors = [(math.log(3) - loss.mean()) / (loss.std() / math.sqrt(len(loss))) for loss in losses]
    if lab.profile != "smoke":  # whose epochs are too few
        name = "sigmoid networks: train loss below guessing, in standard errors"
        lab.claim(name, smallest(errors), at_least=5, as_declared=True)


def trained(lab: Lab, both: Task, epochs: int, choices: Choices) -> dict[str, Series]:
    pairs = len(both.x) // 2
    steps = lab.track(range(epochs), "Xavier and He")
    progress = train_together(both, steps, activation=torch.sigmoid, choices=choices)
    return {law: measured(progress, slice(i * pairs, (i + 1) * pairs)) for i, law in enumerate(LAWS)}


def measured(progress: Progress, rows: slice) -> Series:
    series = progress.series(rows)
    return series | {WAIT: first_epoch(series["train accuracy"] >= 100 * ENOUGH)[None]}


def first_epoch(reached: Tensor) -> Tensor:
    """The first row of (epochs + 1, pairs) that is true in each column; the number of rows where none is."""
    epochs = torch.where(reached.any(0), reached.int().argmax(0), len(reached))
    return epochs.double()


def table(lab: Lab, laws: dict[str, Series]) -> None:
    rows: list[dict[str, str | float]] = []
    for law, series in laws.items():
        cells = {name: spread(series[name][-1], unit) for name, unit in UNITS.items()}
        wait = series[WAIT][-1]
        never = int((wait == len(series["train loss"])).sum())
        rows.append({"initialisation": law, **cells, f"{WAIT}, median": float(wait.median()), "never there": never})
        for name, unit in UNITS.items():
            lab.metric(f"{law}, sigmoid: {name}, mean", series[name][-1].mean(), unit)
        lab.metric(f"{law}, sigmoid: {WAIT}, median", wait.median())
    lab.table("A sigmoid network on iris: mean ± deviation and range over the pairs", rows)


def compare(lab: Lab, laws: dict[str, Series]) -> None:
    """He against Xavier, pair by pair; less is better of losses and waiting, more of accuracies."""
    rows = []
    for name in [*UNITS, WAIT]:
        difference = laws["He"][name][-1] - laws["Xavier"][name][-1]
        signs = count(difference if "accuracy" in name else -difference)
        lab.metric(f"p, sign test of {name}", signs.p)
        lab.metric(f"pairs better with He, {name}", signs.wins)
        lab.metric(f"pairs better with Xavier, {name}", signs.losses)
        rows.append({"measure": name, "He - Xavier, median": float(difference.median())} | row(signs))
        lab.claim(f"sign test of {name}: by hand = scipy", max_error(signs.p_by_hand, signs.p), at_most=1e-12)
    lab.table("He against Xavier: pairs won, and the exact sign test", rows)


def row(signs: Signs) -> dict[str, float]:
    return {
        "better with He": signs.wins,
        "better with Xavier": signs.losses,
        "ties": signs.ties,
        "p, two-sided": signs.p,
    }


def draw(lab: Lab, laws: dict[str, Series]) -> None:
    for kind, unit in {"loss": "nat", "accuracy": "%"}.items():
        for part in ("train", "test"):
            lines = {f"{part}, {law}": series[f"{part} {kind}"].mean(1) for law, series in laws.items()}
            pairs = next(iter(laws.values()))[f"{part} {kind}"].shape[1]
            label = f"{kind}, mean of {pairs} pairs ({unit})"
            by_epoch(lab, f"sigmoid network: {kind}", lines, y_label=label, log=kind == "loss")
