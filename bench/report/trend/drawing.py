"""A history as charts: a dot a run, a level between two changes, an upright line where the surroundings changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.analysis import quantities
from bench.analysis.trend import Series, Trend
from bench.report.charts.model import Caption, Line, Panel, PanelChart, distinct, slug, spans_decade
from bench.report.trend import words

MANY = 60
"""From so many runs on there are no bars: they would lie on each other."""
HAIR = 1e-6
CAPTIONS = 3
"""Marks of a chart that have words in it; the table below has them all."""


def chart(trend: Trend, group: Sequence[Series]) -> PanelChart:
    """All variants of one line of cases, in whatever surroundings they were measured."""
    variants = list(dict.fromkeys(series.case.variant for series in group))
    values = [value for series in group for value in (*series.values, *series.lows, *series.highs)]
    units = quantities.SECONDS if trend.quantity == "time" else quantities.BYTES
    scale, unit = quantities.unit_for(max(values), units)
    lines = [line for series in group for line in _lines(series, variants.index(series.case.variant), scale)]
    marks = [mark for mark in trend.marks if min(s.at[0] for s in group) < mark.at <= max(s.at[-1] for s in group)]
    edges = min(values) / scale, max(values) / scale
    rules = [Line(label="", x=(mark.at + 0.5,) * 2, y=edges, faint=True) for mark in marks]
    panel = Panel(
        lines=(*rules, *lines),
        x_label=f"run, in the order of {words.AXES[trend.by]}",
        y_label=f"{trend.quantity} in {unit}, lower is better",
        log_y=spans_decade(values),
        captions=tuple(Caption(mark.words, ((mark.at + 0.5, edges[1]),)) for mark in marks[:CAPTIONS]),
        round_x=True,
    )
    return PanelChart(
        slug=slug("trend", words.group(group[0].case)),
        name="history",
        title=_finding(trend, group),
        subtitle=f"{words.group(group[0].case)}. Dot: one run"
        + (", bar: its slowest and fastest process" if len(trend.visits) < MANY and trend.quantity == "time" else "")
        + "; thin line: a level"
        + ("; upright line: other surroundings" if marks else ""),
        panels=(panel,),
    )


def _lines(series: Series, hue: int, scale: float) -> Iterator[Line]:
    """The runs, and on top of them the levels between which something changed."""
    # Each variant a hair beside the others: dots at one x would step aside, past the line that a new setting begins at.
    x, label = tuple(at + 1 + HAIR * hue for at in series.at), str(series.case.variant)
    y, low, high = (tuple(each / scale for each in column) for column in (series.values, series.lows, series.highs))
    if len(series.at) < MANY:
        yield Line(label=label, x=x, y=y, low=low, high=high, style="points", hue=hue)
    else:
        yield Line(label=label, x=x, y=y, hue=hue)
    for level in series.levels if series.changes else ():
        ends = x[level.start], x[level.stop - 1]
        yield Line(label=label, x=ends, y=(level.value / scale,) * 2, style="law", hue=hue)


def _finding(trend: Trend, group: Sequence[Series]) -> str:
    """The newest changes that stand, by their variants; or that there is none."""
    newest = [series for series in trend.newest if series in group]
    told = [f"{s.case.variant}: {words.of_change(s.standing, trend).partition(',')[0]}" for s in newest if s.standing]
    return "; ".join(told) if told else "No change was seen"


def groups(trend: Trend) -> list[list[Series]]:
    """Series that share a chart: the variants of one line of cases. Those with a change that stands come first."""
    by_case: dict[str, list[Series]] = {}
    for series in trend.series:
        by_case.setdefault(words.group(series.case), []).append(series)
    return sorted(by_case.values(), key=lambda group: not any(series.standing for series in group))


def charts(trend: Trend, most: int) -> tuple[PanelChart, ...]:
    """At most so many, those with changes first."""
    return distinct(tuple(chart(trend, group) for group in groups(trend)[:most]))
