"""A history as charts: a dot a run, a level between two changes, an upright line where the surroundings changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import median

from bench.analysis import quantities
from bench.analysis.trend import Series, Trend
from bench.report.charts.model import Caption, Line, Panel, PanelChart, distinct, slug, spans_decade
from bench.report.trend import words

MOST = 60
"""Places with a dot: of more runs several share one, for bars and dots would lie on each other."""
NAMED = 2
"""Changes in a title."""
HAIR = 1e-6
HEIGHTS = 12
CAPTIONS = 3
"""Marks of a chart that have words in it; the table below has them all."""


def chart(trend: Trend, group: Sequence[Series]) -> PanelChart:
    """All variants of one line of cases, in whatever surroundings they were measured."""
    variants = list(dict.fromkeys(series.case.variant for series in group))
    values = [value for series in group for value in (*series.values, *series.lows, *series.highs)]
    units = quantities.SECONDS if trend.quantity == "time" else quantities.BYTES
    scale, unit = quantities.unit_for(max(values), units)
    lines = [
        line for series in group for line in _lines(series, variants.index(series.case.variant), scale, _stretch(trend))
    ]
    marks = [mark for mark in trend.marks if min(s.at[0] for s in group) < mark.at <= max(s.at[-1] for s in group)]
    edges = min(values) / scale, max(values) / scale
    rules = [Line(label="", x=(mark.at + 0.5,) * 2, y=edges, faint=True) for mark in marks]
    panel = Panel(
        lines=(*rules, *lines),
        x_label=f"run, in the order of {words.AXES[trend.by]}",
        y_label=f"{trend.quantity} in {unit}, lower is better",
        log_y=spans_decade(values),
        captions=tuple(
            Caption(mark.words, tuple((mark.at + 0.5, y) for y in _heights(edges))) for mark in marks[:CAPTIONS]
        ),
        round_x=True,
    )
    return PanelChart(
        slug=slug("trend", words.group(group[0].case)),
        name="history",
        title=_finding(trend, group),
        subtitle=f"{words.group(group[0].case)}. {_reading(trend, bool(marks))}",
        panels=(panel,),
    )


def _heights(edges: tuple[float, float]) -> list[float]:
    """Where words may stand at an upright line, the upper end first: where dots lie there is no room for them."""
    low, high = edges
    return [high * (low / high) ** (step / HEIGHTS) for step in range(HEIGHTS + 1)]


def _reading(trend: Trend, has_marks: bool) -> str:
    """How to read a chart."""
    stretch = _stretch(trend)
    if stretch > 1:
        told = [f"Line: medians of {stretch} runs each, band: the lowest and highest of them"]
    else:
        told = ["Dot: one run" + (", bar: its slowest and fastest process" if trend.quantity == "time" else "")]
    told += ["thin line: a level"] + ["upright line: other surroundings"] * has_marks
    return "; ".join(told)


def _stretch(trend: Trend) -> int:
    """How many runs share a place."""
    return math.ceil(len(trend.visits) / MOST)


def _lines(series: Series, hue: int, scale: float, stretch: int) -> Iterator[Line]:
    """The runs, and on top of them the levels between which something changed."""
    # Each variant a hair beside the others: dots at one x would step aside, past the line that a new setting begins at.
    x, label = [at + 1 + HAIR * hue for at in series.at], str(series.case.variant)
    columns = (series.values, series.lows, series.highs) if stretch == 1 else (series.values,) * 3
    starts = range(0, len(x), stretch)
    values, lows, highs = ([column[start : start + stretch] for start in starts] for column in columns)
    y = tuple(median(part) / scale for part in values)
    low, high = tuple(min(part) / scale for part in lows), tuple(max(part) / scale for part in highs)
    middles = tuple(median(x[start : start + stretch]) for start in starts)
    yield Line(label=label, x=middles, y=y, low=low, high=high, style="points" if stretch == 1 else "line", hue=hue)
    for level in series.levels if series.changes else ():
        ends = x[level.start], x[level.stop - 1]
        yield Line(label=label, x=ends, y=(level.value / scale,) * 2, style="law", hue=hue)


def _finding(trend: Trend, group: Sequence[Series]) -> str:
    """The changes that stand, by their variants; or that there is none."""
    newest = [series for series in trend.newest if series in group]
    told = [f"{s.case.variant}: {words.of_change(s.standing, trend).partition(',')[0]}" for s in newest if s.standing]
    more = [f"{len(told) - NAMED} more"] if len(told) > NAMED else []
    return "; ".join([*told[:NAMED], *more]) or "No change was seen"


def groups(trend: Trend) -> list[list[Series]]:
    """Series that share a chart: the variants of one line of cases. Those with a change that stands come first."""
    by_case: dict[str, list[Series]] = {}
    for series in trend.series:
        by_case.setdefault(words.group(series.case), []).append(series)
    return sorted(by_case.values(), key=lambda group: not any(series.standing for series in group))


def charts(trend: Trend, most: int) -> tuple[PanelChart, ...]:
    """At most so many, those with changes first."""
    return distinct(tuple(chart(trend, group) for group in groups(trend)[:most]))
