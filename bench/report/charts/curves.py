"""From the curves of a study to line charts: one chart a name, one line a series, seeds as a band."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from bench.model import Case, Curve, Record, variations
from bench.report.charts.model import PALETTE, Line, LineChart, slug

Keyed = dict[tuple[str, Case], list[Curve]]
"""The curves of all seeds, by series and by what they are of apart from the seed."""


def curve_charts(exercise: str, part: str, records: Iterable[Record]) -> tuple[LineChart, ...]:
    """One chart for every curve name, in the order they were recorded."""
    named: dict[str, Keyed] = {}
    for record in records:
        for curve in record.findings.curves:
            named.setdefault(curve.name, {}).setdefault((curve.series, record.case.unseeded), []).append(curve)
    return tuple(_chart(slug(exercise, part, name), name, keyed) for name, keyed in named.items())


def _chart(name: str, title: str, keyed: Keyed) -> LineChart:
    first = next(iter(keyed.values()))[0]
    log_x, log_y = first.scale in ("log-x", "log-log"), first.scale in ("log-y", "log-log")
    devices = list(dict.fromkeys(case.device for _, case in keyed))
    which = variations(case for _, case in keyed)
    named = dict.fromkeys((series, which[case]) for series, case in keyed)
    hues = {name: hue for hue, name in enumerate(named)}
    lines: list[Line] = []
    for (series, case), curves in keyed.items():
        hue = hues[series, which[case]]
        words = (series, which[case], case.device if len(devices) > 1 else "")
        label = ", ".join(word for word in words if word)
        # Past the end of the palette colours come again: a dash tells the second turn from the first.
        dashed = (devices.index(case.device) + hue // len(PALETTE)) % 2 == 1
        lines += _lines([_visible(curve, log_x, log_y) for curve in curves], label, hue, dashed)
    return LineChart(
        slug=name,
        title=title,
        x_label=first.x_label,
        y_label=first.y_label,
        lines=tuple(lines),
        log_x=log_x,
        log_y=log_y,
        note=_note(keyed, log_x, log_y),
    )


def _visible(curve: Curve, log_x: bool, log_y: bool) -> list[tuple[float, float]]:
    points = zip(curve.x, curve.y, strict=True)
    return [(x, y) for x, y in points if (x > 0 or not log_x) and (y > 0 or not log_y)]


def _lines(curves: Sequence[list[tuple[float, float]]], label: str, hue: int, dashed: bool) -> list[Line]:
    """One line; a mean with a band where all seeds share their x; else every seed's own line."""
    shown = [curve for curve in curves if curve]
    if not shown:
        return []
    xs = [tuple(x for x, _ in curve) for curve in shown]
    if len(shown) > 1 and all(x == xs[0] for x in xs):
        # A mean of points at different x would be of nothing that was measured.
        columns = list(zip(*([y for _, y in curve] for curve in shown), strict=True))
        mean, low, high = (tuple(f(column) for column in columns) for f in (fmean, min, max))
        return [Line(label=label, x=xs[0], y=mean, low=low, high=high, hue=hue, dashed=dashed)]
    return [
        Line(label=label, x=x, y=tuple(y for _, y in curve), hue=hue, dashed=dashed)
        for x, curve in zip(xs, shown, strict=True)
    ]


def _note(keyed: Keyed, log_x: bool, log_y: bool) -> str:
    curves = [curve for group in keyed.values() for curve in group]
    seeds = max(len(group) for group in keyed.values())
    shared = all(curve.x == group[0].x for group in keyed.values() for curve in group)
    remarks = []
    if seeds > 1:
        remarks.append(f"mean and range of {seeds} seeds" if shared else f"{seeds} seeds, one line each")
    thinned = max((curve.thinned_from or 0 for curve in curves), default=0)
    if thinned:
        remarks.append(f"{thinned:,} points, thinned: the lowest and highest of each stretch")
    hidden = sum(len(curve.x) - len(_visible(curve, log_x, log_y)) for curve in curves)
    if hidden:
        remarks.append(f"{hidden} points at or below zero have no place on a logarithmic axis")
    return "; ".join(remarks)
