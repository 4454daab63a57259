"""All times of a comparison on one axis, with a line where nothing has changed: the forest plot."""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis.compared import Against, Comparison, Timed
from bench.report.between import words
from bench.report.charts.model import GREEN, GREY, RED, Column, Mark, RowChart, slug

MOST_ROWS, MOST_COLUMNS = 30, 4
REACH = 3.0
"""An interval is drawn so many times beyond its ratio, at most: one that says nothing must not flatten all others."""
FAR = 1e6
"""Ratios beyond this, up or down, are not drawn: beside them no other could be told from 1."""
COLOURS = {"faster": GREEN, "slower": RED}


def forest(comparison: Comparison) -> RowChart | None:
    """A row a case, a column a run that is held against the base; ``None`` where no time has an interval."""
    rows = shown(comparison)
    columns = [
        Column(_title(comparison, each), tuple(_mark(timed, each) for timed in words.ordered(each) if timed in rows))
        for each in comparison.against
    ]
    filled = tuple(column for column in columns if column.marks)[:MOST_COLUMNS]
    if not filled:
        return None
    margin = f"the margin is from {1 / (1 + comparison.margin):.3g} to {1 + comparison.margin:.3g}"
    return RowChart(
        slug=slug("compare", comparison.base.id),
        name="compare",
        title=words.headline(comparison),
        subtitle=f"Time of the new run / time of the base; bar: interval of 95 %; {margin}. "
        "Red: slower; green: faster; grey: equivalent; hollow: inconclusive",
        note=_note(comparison, rows),
        columns=filled,
        x_label="time, new / base",
        log=True,
        line=1.0,
    )


def shown(comparison: Comparison) -> list[Timed]:
    """What has room: every run's share of the rows, those that say most first."""
    return [
        timed
        for against in comparison.against
        for timed in [one for one in words.ordered(against) if _has_room(one)][:MOST_ROWS]
    ]


def _has_room(timed: Timed) -> bool:
    return timed.change is not None and 1 / FAR < timed.change.centre < FAR


def _title(comparison: Comparison, against: Against) -> str:
    return "" if len(comparison.against) == 1 else words.short(against.new)


def _mark(timed: Timed, against: Against) -> Mark:
    change = timed.change
    if change is None:
        raise ValueError(f"{timed.pair.case.label} has no interval to draw")
    return Mark(
        label=words.label(timed.pair.case, against),
        value=change.centre,
        low=max(change.low, change.centre / REACH),
        high=min(change.high, change.centre * REACH),
        colour=COLOURS.get(timed.verdict, GREY),
        hollow=timed.verdict == "inconclusive",
        text=words.change(change).partition(" (")[0] if timed.verdict in COLOURS else "",
    )


def _note(comparison: Comparison, rows: Sequence[Timed]) -> str:
    left = comparison.count - len(rows)
    cut = any(timed.change.half_width > 1.0986 for timed in rows if timed.change)  # the logarithm of 3
    remarks = [f"{left} more times are in the table below"] if left else []
    return "; ".join([*remarks, *(["Bars are cut off at 3 times up and down"] if cut else [])])
