"""All ratios of a run as one family: which verdicts hold though so many were looked at.

Among 285 ratios of equal times, intervals of 96 % leave 1 out in eleven. Holm's procedure (S. Holm, "A simple
sequentially rejective multiple test procedure", Scand. J. Statist. 6, 1979) keeps the chance of even one false verdict
in the whole run at what the level of one interval allows: the least of m p-values is held against a/m, the next against
a/(m - 1), and so on up to the first that is not below. Intervals are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from bench.analysis import plausible, races, statistics
from bench.model import Case, Record, Run

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a whole run adds to one of its ratios: ``among`` how many it is lost, and why it is doubted."""

    among: int = 0
    doubt: str = ""

    def judged(self, ratio: statistics.Ratio | None) -> statistics.Ratio | None:
        """The ratio with the verdict that it keeps among all others, and with its doubt."""
        if ratio is None or self == ALONE:
            return ratio
        verdict: statistics.Verdict | None = "maybe chance" if self.among else ratio.verdict
        return replace(ratio, verdict=verdict, among=self.among, doubt=self.doubt)


ALONE = Standing()
"""The standing of a ratio that is looked at by itself, and of most others."""
Family = Mapping[Case, Standing]
"""Where the ratios of a run stand, by the variant's case; those that are not in it stand alone."""
NO_FAMILY: Family = MappingProxyType({})


def of_run(run: Run) -> Family:
    """Where every ratio stands among all of the run that have two rounds or more."""
    compared = tuple(pairs(run))
    # Old runs have intervals of another level than those with laps: each p-value counts in units of its own.
    units = {record.case: ratio.p / (1 - ratio.level) for record, ratio in compared if ratio.p is not None}
    holding: frozenset[Case] = holm(units)
    apart = {record.case for record, ratio in compared if ratio.verdict in ("faster", "slower")}
    lost = {case for case, unit in units.items() if unit < 1 and case in apart - holding}
    standings = {
        record.case: Standing(len(units) if record.case in lost else 0, _doubt(record, ratio, _threads(run, record)))
        for record, ratio in compared
    }
    return {case: standing for case, standing in standings.items() if standing != ALONE}


def _threads(run: Run, record: Record) -> int:
    return run.at(record.place).environment.threads


def _doubt(record: Record, ratio: statistics.Ratio, threads: int) -> str:
    if record.trials:  # another method may take any number of times fewer steps
        return ""
    threads = threads if record.case.device == "cpu" else 0
    return plausible.doubt(ratio, statistics.estimate(record), record.work, threads)


def holm(p: Mapping[Key, float], level: float = 1.0) -> frozenset[Key]:
    """Whose p-values hold together at ``level``."""
    holding: set[Key] = set()
    for key, value in sorted(p.items(), key=lambda item: item[1]):
        if value > level / (len(p) - len(holding)):
            break
        holding.add(key)
    return frozenset(holding)


def pairs(run: Run) -> Iterator[tuple[Record, statistics.Ratio]]:
    """Every variant, and its ratio to the reference under the same parameters, device and seed, on the same place."""
    parts = {(exercise.id, part.id): part for exercise in run.exercises for part in exercise.parts}
    by_case: dict[tuple[Case, str], list[Record]] = {}
    for record in run.records:
        if record.case.variant is not None:
            by_case.setdefault((record.case.whole, record.place), []).append(record)
    for (case, _), records in by_case.items():
        part = parts.get((case.exercise, case.part))
        yield from _of_case(records, races.reference_of(part, records) if part else None)


def _of_case(records: Iterable[Record], reference: str | None) -> Iterator[tuple[Record, statistics.Ratio]]:
    listed = list(records)
    theirs = next((record for record in listed if reference is not None and record.case.variant == reference), None)
    for record in listed:
        # The reference's ratio to itself is 1 by definition: it would count as one of the family.
        if theirs is not None and record is not theirs and record.outcome == "ok":
            ratio = statistics.ratio(record, theirs)
            if ratio is not None:
                yield record, ratio
