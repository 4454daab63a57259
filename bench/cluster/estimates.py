"""How long a case will take: as long as it took in an earlier run, or as is usual for its profile."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum

from bench.cluster.shards import Estimate
from bench.model import Case, Profile, Run, Task

USUAL: dict[Profile, float] = {"smoke": 1.0, "quick": 10.0, "full": 120.0}
"""Seconds of a case that nobody has seen yet: the sheet's smoke run has 167 cases in 100 s, its quick one in 455 s of
two slots (measured on two cores of an EPYC); full is an order of magnitude above."""
LEAST = 0.5
"""Seconds that every case takes: its process is started, though all it says is that its data are not there."""


def usual(profile: Profile) -> Estimate:
    """The same for every case."""
    return lambda task: USUAL[profile]


def from_runs(runs: Iterable[Run], profile: Profile) -> Estimate:
    """What a case took in the first of the runs that has it, in the same profile; else what its part took on average;
    else what is usual. Only sums of seconds count: no verdict hangs on them."""
    cases: dict[Case, float] = {}
    for run in runs:
        if run.profile == profile:
            for case, seconds in _taken(run).items():
                cases.setdefault(case, seconds)
    known: dict[tuple[str, str, str], list[float]] = {}
    for case, seconds in cases.items():
        known.setdefault(_part(case), []).append(seconds)
    parts = {part: fsum(seconds) / len(seconds) for part, seconds in known.items()}

    def estimate(task: Task) -> float:
        if task.case in cases:
            return cases[task.case]
        return parts.get(_part(task.case), USUAL[profile])

    return estimate


def _taken(run: Run) -> dict[Case, float]:
    """Of a comparison the record of every variant has the seconds of the whole case and those of its own weighings:
    the longest is little less than all of it, and their sum several times as much."""
    taken: dict[Case, float] = {}
    for record in run.records:
        case = record.case.whole
        taken[case] = max(LEAST, record.seconds, taken.get(case, 0.0))
    return taken


def _part(case: Case) -> tuple[str, str, str]:
    return case.exercise, case.part, case.device
