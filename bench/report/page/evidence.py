"""What a part of an exercise has recorded, as values that a template sets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bench.analysis import laws
from bench.analysis.comparisons import Group, Row, Sweep, groups, sweeps
from bench.analysis.families import Family
from bench.model import Case, DataSource, ExerciseInfo, Figure, PartInfo, Record, Run, Table, variations
from bench.report import places, races, summary
from bench.report.charts.model import Chart
from bench.report.page import alarms, intervals, matrices
from bench.report.page.matrices import Matrix
from bench.report.races import RaceTable
from bench.report.summary import ClaimLine, MetricLine, Tally


@dataclass(frozen=True)
class Placed:
    """A table or a figure, and the cases that gave exactly this one."""

    item: Table | Figure
    cases: tuple[Case, ...]
    which: tuple[str, ...] = ()
    """The parameters of each of the cases, where others of the part have other ones."""
    alone: bool = True
    """Whether no other item of the part has its name."""

    @property
    def label(self) -> str:
        which = self.which or ("",) * len(self.cases)
        return "; ".join(
            f"{case.device}, seed {case.seed}{f', {words}' if words else ''}"
            for case, words in zip(self.cases, which, strict=True)
        )

    @cached_property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns of a table hold numbers alone."""
        rows = self.item.rows if isinstance(self.item, Table) else ()
        return tuple(all(_is_number(cell) or cell is None for cell in column) for column in zip(*rows, strict=True))


MOST, MOST_ITEMS = 300, 60
"""Rows of a kind that a part shows, and charts, tables and pictures. The claims that fail come first."""
NUMERAL = re.compile(r"[-−+]?\d[\d,]*(\.\d+)?(e[-+]?\d+)?")


def _is_number(cell: object) -> bool:
    """A number, or one that a study has written out with the digits it wants."""
    if isinstance(cell, str):
        return NUMERAL.fullmatch(cell) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The groups of one seed: one table. ``unit`` counts the work of a call, where the part says it."""

    part: str
    seed: int
    unit: str
    groups: tuple[Group, ...]
    several_devices: bool
    several_places: bool = False

    def label(self, group: Group) -> str:
        on = f"on {group.place}" if self.several_places else ""
        return ", ".join(word for word in (group.label, group.device if self.several_devices else "", on) if word)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(note for group in self.groups for note in group.notes))

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def counted(self) -> bool:
        """Whether tensor bytes were counted: not in runs of before."""
        return any(row.peak and row.peak.tensors is not None for row in self.rows)

    @cached_property
    def reach(self) -> float:
        """Where the axis of its small drawings ends."""
        return intervals.reach(row.ratio for row in self.rows)

    def drawing(self, row: Row) -> str:
        return intervals.drawing(row.ratio, self.reach)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part with everything that its records hold. ``claims`` and ``cases`` have the ids under which the claims and
    the records that are not ok stand on the page."""

    anchor: str
    exercise: str
    info: PartInfo
    tally: Tally
    claims: tuple[tuple[str, ClaimLine], ...]
    metrics: tuple[MetricLine, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Placed, ...]
    figures: tuple[Placed, ...]
    compared: tuple[Compared, ...]
    races: tuple[RaceTable, ...]
    sweeps: tuple[Sweep, ...]
    problems: tuple[Record, ...]
    cases: Mapping[Case, str]
    data: tuple[DataSource, ...]
    several_devices: bool
    several_places: bool = False
    where: str = ""
    """The machine, in a run that was done on several."""
    left_out: str = ""
    """What of very many findings is not shown."""

    @property
    def name(self) -> str:
        """ "ex10.a.speed"."""
        return f"{self.exercise}.{self.info.id}"

    @property
    def untold(self) -> tuple[MetricLine, ...]:
        """The numbers that no table of the part holds."""
        return matrices.untold(self.metrics, (each.item for each in self.tables if isinstance(each.item, Table)))

    @property
    def arranged(self) -> tuple[tuple[Matrix, ...], tuple[MetricLine, ...]]:
        return ((), self.untold) if self.several_devices else matrices.arranged(self.untold)


def part_view(
    run: Run,
    exercise: ExerciseInfo,
    part: PartInfo,
    records: tuple[Record, ...],
    *,
    charts: tuple[Chart, ...],
    room: int,
    family: Family,
) -> PartView:
    """Everything of one part; ``records`` and ``charts`` are its own, and ``family`` that of the whole run. Of very
    much the first is there, of charts ``room`` at most."""
    lines = tuple(enumerate(summary.claim_lines(records)))
    shown = sorted(sorted(lines, key=lambda numbered: numbered[1].ok)[:MOST])  # those that fail before all others
    metrics = summary.metric_lines(records)
    tables = placed([(table, record.case) for record in records for table in record.findings.tables])
    figures = placed([(figure, record.case) for record in records for figure in record.findings.figures])
    problems = tuple(record for record in summary.problems(records) if record.case.variant is None)
    told_apart = tuple(record for record in records if part.kind != "study" or record.case.variant)
    compared = told_apart if part.kind != "race" else ()
    return PartView(
        anchor=alarms.anchor(exercise.id, part.id),
        exercise=exercise.id,
        info=part,
        tally=summary.tally(records),
        claims=tuple((alarms.claim_anchor(exercise.id, part.id, number), line) for number, line in shown),
        metrics=metrics[:MOST],
        charts=charts[: min(room, MOST_ITEMS)],
        tables=tuple(tables[:MOST_ITEMS]),
        figures=tuple(figures[:MOST_ITEMS]),
        compared=_compared(part, compared, family),
        races=races.tables(part, told_apart, family) if part.kind == "race" else (),
        sweeps=tuple(sweep for sweep in sweeps(compared) if max(map(len, sweep.lines.values())) >= laws.FEWEST),
        problems=problems[:MOST],
        cases=_anchors(exercise.id, part.id, records),
        data=tuple({source.sha256 + source.name: source for r in records for source in r.findings.data}.values()),
        several_devices=len({record.case.device for record in records}) > 1,
        several_places=summary.is_spread(records),
        where=places.of_records(run, records),
        left_out=_left_out(
            {"case": len(problems) - MOST, "claim": len(lines) - MOST, "number": len(metrics) - MOST}
            | {"table": len(tables) - MOST_ITEMS, "picture": len(figures) - MOST_ITEMS}
            | {"chart": len(charts) - min(room, MOST_ITEMS)}
        ),
    )


def _left_out(counts: Mapping[str, int]) -> str:
    """ "Not shown, but in run.json: 1,700 claims"."""
    words = [f"{count:,} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items() if count > 0]
    return f"Not shown, but in run.json: {', '.join(words)}." if words else ""


def _anchors(exercise: str, part: str, records: Sequence[Record]) -> dict[Case, str]:
    return {
        record.case: alarms.case_anchor(exercise, part, number)
        for number, record in enumerate(records)
        if record.outcome != "ok"
    }


def _compared(part: PartInfo, records: tuple[Record, ...], family: Family) -> tuple[Compared, ...]:
    grouped = groups(part, records, family)
    several = len({group.device for group in grouped}) > 1
    unit = next((record.work.unit for record in records if record.work is not None), "")
    return tuple(
        Compared(
            part=part.id,
            seed=seed,
            unit=unit,
            groups=tuple(group for group in grouped if group.seed == seed),
            several_devices=several,
            several_places=summary.is_spread(records),
        )
        for seed in dict.fromkeys(group.seed for group in grouped)
        if any(record.case.variant for record in records)
    )


def placed(items: list[tuple[Table, Case]] | list[tuple[Figure, Case]]) -> list[Placed]:
    """Equal items of several cases become one."""
    merged: dict[Table | Figure, list[Case]] = {}
    for item, case in items:
        merged.setdefault(item, []).append(case)
    which = variations(case for _, case in items)
    names = Counter(item.name for item in merged)
    return [
        Placed(item, tuple(cases), _named([which[case.unseeded] for case in cases]), names[item.name] == 1)
        for item, cases in merged.items()
    ]


def _named(words: list[str]) -> tuple[str, ...]:
    return tuple(words) if any(words) else ()


def counted(parts: Iterable[PartView], smoke: bool) -> str:
    """What a fold of evidence holds: "7 claims ✓ · 19 numbers · 4 charts"."""
    listed = tuple(parts)
    total = summary.total(part.tally for part in listed)
    sign = "" if smoke else " ✓" if total.claims_passed == total.claims else f", {total.claims_passed} hold"
    claims = f"{summary.plural(total.claims, 'claim')}{sign}" if total.claims else ""
    wrong = total.cases - total.cases_passed
    failed = f"{summary.plural(wrong, 'case')} went wrong" if wrong else ""
    rows = sum(len(compared.rows) for part in listed for compared in part.compared)
    timed = summary.plural(rows, "comparison") if rows else ""
    numbers = sum(len(part.metrics) for part in listed)
    drawn = sum(len(part.charts) for part in listed)
    tables = sum(len(part.tables) for part in listed)
    pictures = sum(len(part.figures) for part in listed)
    words = [failed, claims, timed]
    named = {"number": numbers, "chart": drawn, "table": tables, "picture": pictures}
    words += [summary.plural(count, noun) for noun, count in named.items() if count]
    return " · ".join(word for word in words if word)
