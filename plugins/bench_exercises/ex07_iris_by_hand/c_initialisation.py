"""7c on the flowers: the sigmoid network from Xavier's and from He's initialisation, in pairs.

Both of a pair have the same split and the same standard normal numbers, scaled by one law or by the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from bench import Lab

from .a_from_uniform import SERIES, line, seeds, spread
from .c_sign_test import Signs, sign_test
from .problem import SHAPES, Task, pose, stacked
from .together import Progress, train_together

ENOUGH = 0.9
"""The training accuracy that is waited for."""
Law = Callable[[int, int], float]
"""The variance of a weight, of the number of inputs and of outputs of its layer."""


def xavier(inputs: int, outputs: int) -> float:
    """Glorot & Bengio 2010, equation 12."""
    return 2 / (inputs + outputs)


def he(inputs: int, outputs: int) -> float:
    """He et al. 2015, equation 10."""
    return 2 / inputs


LAWS: dict[str, Law] = {"Xavier": xavier, "He": he}


def scaled(task: Task, seed: int, law: Law) -> Task:
    """The task with weights N(0, law) and biases 0."""
    generator = torch.Generator().manual_seed(seed)
    theta = {}
    for name, shape in SHAPES.items():
        number = torch.randn(shape, generator=generator)
        deviation = math.sqrt(law(shape[1], shape[0])) if len(shape) == 2 else 0.0
        theta[name] = (deviation * number).to(task.x)
    return replace(task, theta=theta)


def study(lab: Lab, pairs: int, epochs: int) -> None:
    tasks = {seed: pose(seed, lab.device, lab.dtype) for seed in seeds(lab, pairs)}
    both = stacked([scaled(task, seed, law) for law in LAWS.values() for seed, task in tasks.items()])
    progress = train_together(both, lab.track(range(epochs), "Xavier and He"), torch.sigmoid)
    found = {law: measured(progress, slice(i * pairs, (i + 1) * pairs)) for i, law in enumerate(LAWS)}
    lab.metric("pairs", pairs)
    lab.metric("epochs, Xavier and He", epochs)
    lab.metric("smallest p that so many pairs can give", min(1.0, 2 / 2**pairs))
    lab.claim("pairs of Xavier and He", pairs, at_least=5)
    table(lab, found)
    compare(lab, found)
    draw(lab, found)


def measured(progress: Progress, own: slice) -> dict[str, Tensor]:
    """Each series (epochs + 1, pairs) and, as ``epochs to 90 %`` (1, pairs), when the training accuracy got there."""
    both = (progress.train_loss, progress.test_loss, 100 * progress.train_accuracy, 100 * progress.test_accuracy)
    series = {name: values[:, own].cpu() for name, values in zip(SERIES, both, strict=True)}
    return series | {"epochs to 90 %": first_epoch(series["train accuracy"] >= 100 * ENOUGH)[None]}


def first_epoch(reached: Tensor) -> Tensor:
    """The first row of (epochs + 1, pairs) that is true in each column; the number of rows where none is."""
    epochs = torch.where(reached.any(0), reached.int().argmax(0), len(reached))
    return epochs.double()


def table(lab: Lab, found: dict[str, dict[str, Tensor]]) -> None:
    rows: list[dict[str, Any]] = []
    for law, series in found.items():
        rows.append({"initialisation": law} | {name: spread(series[name][-1], unit) for name, unit in SERIES.items()})
        waited = series["epochs to 90 %"][-1]
        rows[-1]["epochs to 90 %, median"] = float(waited.median())
        rows[-1]["never there"] = int((waited == len(series["train loss"])).sum())
        for name, unit in SERIES.items():
            lab.metric(f"{law}, sigmoid: {name}, mean", series[name][-1].mean(), unit)
        lab.metric(f"{law}, sigmoid: epochs to 90 %, median", waited.median())
    lab.table("A sigmoid network on iris: mean ± deviation and range over the pairs", rows)


def compare(lab: Lab, found: dict[str, dict[str, Tensor]]) -> None:
    """He against Xavier, pair by pair; less is better of losses and waiting, more of accuracies."""
    rows = []
    for name in [*SERIES, "epochs to 90 %"]:
        difference = found["He"][name][-1] - found["Xavier"][name][-1]
        signs = sign_test(difference if "accuracy" in name else -difference)
        lab.metric(f"p, sign test of {name}", signs.p)
        lab.metric(f"pairs better with He, {name}", signs.wins)
        lab.metric(f"pairs better with Xavier, {name}", signs.losses)
        rows.append({"measure": name, "He - Xavier, median": float(difference.median())} | row(signs))
        check(lab, name, signs)
    lab.table("He against Xavier: pairs won, and the exact sign test", rows)


def row(signs: Signs) -> dict[str, float]:
    return {
        "better with He": signs.wins,
        "better with Xavier": signs.losses,
        "ties": signs.ties,
        "p, two-sided": signs.p,
    }


def check(lab: Lab, name: str, signs: Signs) -> None:
    """The same probability by SciPy."""
    from scipy.stats import binomtest

    decided = signs.wins + signs.losses
    theirs = binomtest(signs.wins, decided).pvalue if decided else 1.0
    lab.claim(f"sign test of {name}: by hand = scipy", abs(signs.p - theirs), at_most=1e-12)


def draw(lab: Lab, found: dict[str, dict[str, Tensor]]) -> None:
    for law, series in found.items():
        line(lab, "sigmoid: train loss", law, series["train loss"].mean(1), "train loss, mean over pairs (nat)")
        accuracy = series["train accuracy"].mean(1)
        line(lab, "sigmoid: train accuracy", law, accuracy, "train accuracy, mean over pairs (%)", log=False)
