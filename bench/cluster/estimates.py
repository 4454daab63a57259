"""How long a case will take: as long as it took in an earlier run, or as is usual for its profile."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum

from bench.cluster.shards import Estimate
from bench.model import Case, Profile, Run, Task

USUAL: dict[Profile, float] = {"smoke": 1.0, "quick": 10.0, "full": 120.0}
"""Seconds of a case that nobody has seen yet: the sheet's smoke run has 167 cases in 100 s, its quick one in 455 s of
two slots (measured on two cores of an EPYC); full is an order of magnitude above."""


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
    parts: dict[tuple[str, str, str], list[float]] = {}
    for case, seconds in cases.items():
        parts.setdefault(_part(case), []).append(seconds)

    def estimate(task: Task) -> float:
        if task.case in cases:
            return cases[task.case]
        known = parts.get(_part(task.case))
        return fsum(known) / len(known) if known else USUAL[profile]

    return estimate


def _taken(run: Run) -> dict[Case, float]:
    """Of a comparison the records of all variants have the seconds of the whole case, or their own samples."""
    taken: dict[Case, list[float]] = {}
    for record in run.records:
        seconds = record.seconds + fsum(sample.seconds for sample in record.samples)
        taken.setdefault(record.case.whole, []).append(seconds)
    return {case: fsum(seconds) for case, seconds in taken.items()}


def _part(case: Case) -> tuple[str, str, str]:
    return case.exercise, case.part, case.device
