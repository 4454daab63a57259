"""7c on the flowers: the sigmoid network from Xavier's and from He's initialisation, in pairs.

Both of a pair have the same split and the same standard normal numbers, scaled by one law or by the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error
from bench.kit.data import iris

from .figures import by_epoch, spread
from .problem import LAWS, SHEET, Choices, Law, Task, normal, pose_seed, seeds, stacked
from .reference import UNITS, Progress, train_together

ENOUGH = 0.9
"""The training accuracy that is waited for."""
WAIT = "epochs to 90 %"
Series = dict[str, Tensor]
"""The series of one law's trainings under the names of ``UNITS``, each (epochs + 1, pairs), and ``WAIT`` (1, pairs)."""


def scaled(task: Task, seed: int, law: Law, choices: Choices = SHEET) -> Task:
    """The task with weights N(0, law) and biases 0."""
    theta = normal(torch.Generator().manual_seed(seed), choices, law)
    return replace(task, theta={name: p.to(task.x) for name, p in theta.items()})


def study(lab: Lab, epochs: int, choices: Choices) -> None:
    lab.uses(iris())
    pairs = lab.pick(smoke=5, quick=20, full=100)
    laws = trained(lab, pairs, epochs, choices)
    lab.metric("pairs", pairs)
    lab.metric("epochs, Xavier and He", epochs)
    lab.metric("smallest p that so many pairs can give", min(1.0, 2 / 2**pairs))
    lab.claim("pairs of Xavier and He", pairs, at_least=5)
    table(lab, laws)
    compare(lab, laws)
    draw(lab, laws)


def trained(lab: Lab, pairs: int, epochs: int, choices: Choices) -> dict[str, Series]:
    tasks = {seed: pose_seed(seed, lab.device, lab.dtype, choices=choices) for seed in seeds(lab, pairs)}
    both = stacked([scaled(task, seed, law, choices) for law in LAWS.values() for seed, task in tasks.items()])
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


@dataclass(frozen=True, slots=True)
class Signs:
    """Pairs won, lost and tied."""

    wins: int
    losses: int
    ties: int

    @property
    def p(self) -> float:
        """The two-sided probability of a split at least so uneven by the toss of a coin; ties are left out."""
        from scipy.stats import binomtest  # takes long to import, which no listing should wait for

        decided = self.wins + self.losses
        return float(binomtest(self.wins, decided).pvalue) if decided else 1.0

    @property
    def p_by_hand(self) -> float:
        """Of n coins at most k show the rarer side with probability Σ C(n, i) / 2ⁿ, i ≤ k; either may be the rarer."""
        n, k = self.wins + self.losses, min(self.wins, self.losses)
        return min(1.0, 2 * sum(math.comb(n, i) for i in range(k + 1)) / 2**n)


def count(advantage: Tensor) -> Signs:
    """``advantage`` (pairs,) is positive where the pair was won."""
    return Signs(int((advantage > 0).sum()), int((advantage < 0).sum()), int((advantage == 0).sum()))


def draw(lab: Lab, laws: dict[str, Series]) -> None:
    for kind, unit in {"loss": "nat", "accuracy": "%"}.items():
        for part in ("train", "test"):
            lines = {f"{part}, {law}": series[f"{part} {kind}"].mean(1) for law, series in laws.items()}
            pairs = next(iter(laws.values()))[f"{part} {kind}"].shape[1]
            label = f"{kind}, mean of {pairs} pairs ({unit})"
            by_epoch(lab, f"sigmoid network: {kind}", lines, y_label=label, log=kind == "loss")
