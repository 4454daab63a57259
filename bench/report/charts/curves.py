"""From the curves of a study to charts: one a name, one line a series, seeds as a band.

Train and test become panels on one scale; lines on each other become one. A panel has at most four lines: of more, each
has a small panel of its own, and beyond twelve the first, the lowest, the highest and the middle one stand out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean

from bench.model import Case, Curve, CurveKind, PartInfo, Record, variations
from bench.report.charts import coincident, findings, naming, noisy, overlaid, told
from bench.report.charts.model import PALETTE, Line, Panel, PanelChart, slug

Keyed = dict[tuple[str, Case], list[Curve]]
"""The curves of all seeds, by series and by what they are of apart from the seed."""
MOST_PANELS = 12


def curve_charts(
    exercise: str,
    part: PartInfo,
    records: Iterable[Record],
    *,
    telling: bool = True,
    kind: CurveKind = "",
    apart: bool = False,
) -> tuple[PanelChart, ...]:
    """One chart for every curve name, or for two that differ only in train and test, in the order they were recorded.

    ``telling``: whether its title may be a finding. ``kind`` replaces the curves' own, and ``apart`` gives each series
    its panel.
    """
    listed = list(records)
    named: dict[str, Keyed] = {}
    for record in listed:
        for curve in record.findings.curves:
            typed = replace(curve, kind=kind) if kind else curve
            named.setdefault(curve.name, {}).setdefault((curve.series, record.case.unseeded), []).append(typed)
    return tuple(
        _chart(exercise, part.id, group, naming.constants(listed, part.parameters, seeds=_seeds(group)), telling, apart)
        for group in _paired(named)
    )


def _seeds(group: Mapping[str, Keyed]) -> str | None:
    """What to say of the seeds of a chart, if not which they are."""
    drawn = [(key, curves) for keyed in group.values() for key, curves in keyed.items()]
    texts = [text for name in group for text in (name, *(c.y_label for _, curves in drawn for c in curves))]
    if naming.is_averaged([*texts, *(series for (series, _), _ in drawn)]):
        return ""
    counts = {len(curves) for _, curves in drawn}
    if len(counts) == 1 and max(counts) > 1 and all(len(_lines(curves, "")) == 1 for _, curves in drawn):
        return f"mean of {max(counts)} seeds"
    return None


def _paired(named: Mapping[str, Keyed]) -> list[dict[str, Keyed]]:
    """Names that differ only in the word for their part of the data belong together, if they are not noise."""
    groups: dict[tuple[object, ...], dict[str, Keyed]] = {}
    for name, keyed in named.items():
        word, rest = naming.split_word(name)
        first = next(iter(keyed.values()))[0]
        noise = _is_noise([curve for curves in keyed.values() for curve in curves])
        key = (rest, first.x_label, first.y_label, first.scale) if word and not noise else (name,)
        groups.setdefault(key, {})[name] = keyed
    return list(groups.values())


def _noisy(curve: Curve) -> bool:
    log_x, log_y = _logs(curve)
    # On a straight axis what is left of a rough curve still shows its band; on a logarithmic one it shows diagonals.
    return noisy.is_noise(curve, log_y) and (log_x or log_y or curve.kind == "noise")


def _is_noise(curves: Sequence[Curve]) -> bool:
    """Whether a chart is one of noise: some of its curves are, and those that are not were too short to be thinned."""
    return any(map(_noisy, curves)) and all(_noisy(curve) or not (curve.thinned_from or curve.kind) for curve in curves)


def _logs(curve: Curve) -> tuple[bool, bool]:
    return curve.scale in ("log-x", "log-log"), curve.scale in ("log-y", "log-log")


def _chart(
    exercise: str, part: str, group: Mapping[str, Keyed], subject: str, telling: bool, apart: bool
) -> PanelChart:
    name = next(iter(group))
    # What is of train and of test is named after neither.
    shown = (naming.split_word(name)[1] if len(group) > 1 else "") or name
    keyed = next(iter(group.values()))
    curves = [curve for each in group.values() for listed in each.values() for curve in listed]
    noise = _is_noise(curves)
    if noise:
        panels, finding, reading = _noise_panels(keyed)
    else:
        panels, finding, reading = _course_panels(group, apart)
    if any(curve.kind == "law" for curve in curves):
        finding = findings.law(panels)
    elif not noise:
        law = "" if findings.passes(curves[0].x_label) else findings.law(panels)
        finding = law or (f"{shown}: {finding}" if finding and _is_nameless(panels) else finding)
    title = finding if telling and finding else shown
    below = naming.sentence("" if title.startswith(shown) else shown, subject, reading)
    logs = {panel.log_y for panel in panels if panel.share == 1}
    note = _note(curves)
    return PanelChart(
        slug=slug(exercise, part, name),
        name=name,
        names=tuple(group),
        title=title,
        subtitle=below,
        note=note,
        panels=panels,
        shared_x=not noise or _near([_reach(panel) for panel in panels]),
        shared_y=len(logs) == 1,
        stacked=len(panels) == 2 and panels[1].share < 1,
    )


def _is_nameless(panels: Sequence[Panel]) -> bool:
    """Whether a finding does not say of what it is."""
    return not any(panel.title or line.label for panel in panels for line in panel.lines)


def _reach(panel: Panel) -> float:
    return max((line.x[-1] for line in panel.lines), default=0.0)


def _near(reaches: Sequence[float]) -> bool:
    """Whether panels can share their x: where one goes three times as far as another, the latter would be a corner."""
    return max(reaches) <= 3 * min(reaches) if reaches and min(reaches) > 0 else True


def _noise_panels(keyed: Keyed) -> tuple[tuple[Panel, ...], str, str]:
    first = next(iter(keyed.values()))[0]
    labels = _labels(keyed)
    lines = [noisy.banded(curves, labels[key]) for key, curves in keyed.items()]
    log_y = _logs(first)[1] and all(low > 0 for line in lines for low in line.low)
    panels = tuple(
        Panel(
            lines=(replace(line, label=""),),
            title=line.label,
            x_label=first.x_label,
            y_label=first.y_label,
            log_y=log_y,
            labels="none",
        )
        for line in lines
    )
    old = any(noisy.is_rough_band(curve) for curves in keyed.values() for curve in curves)
    # What is left of an old curve is wider than a band: nothing may be said of both together.
    finding = "" if old else findings.noise({line.label: noisy.band_height(line) for line in lines})
    return panels, finding, "line: mean; band: 10 to 90 % of single values"


def _labels(keyed: Keyed) -> dict[tuple[str, Case], str]:
    which = variations(case for _, case in keyed)
    devices = list(dict.fromkeys(case.device for _, case in keyed))
    return {
        (series, case): ", ".join(filter(None, (series, which[case], case.device if len(devices) > 1 else "")))
        for series, case in keyed
    }


def _course_panels(group: Mapping[str, Keyed], apart: bool) -> tuple[tuple[Panel, ...], str, str]:
    first = next(iter(next(iter(group.values())).values()))[0]
    split = _split(group)
    if apart or len({line.label for lines in split.values() for line in lines}) > naming.MOST_LINES:
        split = _spread(split)
    hues = {
        label: hue for hue, label in enumerate(dict.fromkeys(line.label for lines in split.values() for line in lines))
    }
    log_x, log_y = _logs(first)
    panels, below = [], []
    for title, lines in split.items():
        coloured = [replace(line, hue=hues[line.label]) for line in lines]
        merged = coincident.together(coloured, log_y)
        alone = len(merged.lines) == 1 and merged.lines[0].label in ("", title)
        panel = Panel(
            lines=merged.lines,
            title=title,
            x_label=first.x_label,
            y_label=first.y_label,
            log_x=log_x,
            log_y=log_y,
            labels="none" if alone else "end",
        )
        panels.append(panel)
        if merged.apart:
            below.append(coincident.difference_panel(panel, merged.apart))
    drawn = overlaid.told_apart(panels)
    banded = any(line.low for panel in drawn for line in panel.lines)
    reading = naming.sentence("band: the range of all seeds" if banded else "", overlaid.in_words(drawn))
    return (*drawn, *below), told.of_courses(panels), reading


def _split(group: Mapping[str, Keyed]) -> dict[str, list[Line]]:
    """The lines of every panel: by the word for the part of the data in names or in labels, else all in one."""
    if len(group) > 1:
        return {naming.split_word(name)[0]: _all_lines(keyed) for name, keyed in group.items()}
    lines = _all_lines(next(iter(group.values())))
    labels = list(dict.fromkeys(line.label for line in lines))
    if not naming.are_splits(labels):
        return {"": lines}
    split: dict[str, list[Line]] = {}
    for line in lines:
        word, rest = naming.split_word(line.label)
        split.setdefault(word, []).append(replace(line, label=rest))
    # Words alone are told apart in one panel; and what has no partner needs no panel of its own.
    return split if any(line.label for each in split.values() for line in each) else {"": lines}


def _spread(split: Mapping[str, list[Line]]) -> dict[str, list[Line]]:
    """Too many lines: panels by a factor of their labels, or one a line, or four that stand out."""
    if len(split) == 1:
        lines = next(iter(split.values()))
        grid = naming.factors(list(dict.fromkeys(line.label for line in lines)))
        if grid:
            panels: dict[str, list[Line]] = {}
            for line in lines:
                panel, label = grid[line.label]
                panels.setdefault(panel, []).append(replace(line, label=label))
            return panels
    labels = list(dict.fromkeys(line.label for lines in split.values() for line in lines))
    if len(labels) > MOST_PANELS:
        return {title: _standing_out(lines) for title, lines in split.items()}
    return {
        label: [replace(line, label=title) for title, lines in split.items() for line in lines if line.label == label]
        for label in labels
    }


def _standing_out(lines: Sequence[Line]) -> list[Line]:
    """The first, the lowest, the highest and the middle one at the end; others are faint."""
    ranked = sorted(range(len(lines)), key=lambda i: lines[i].y[-1])
    told = {0, ranked[0], ranked[-1], ranked[len(ranked) // 2]}
    return [replace(line, faint=True, label="others") for i, line in enumerate(lines) if i not in told] + [
        lines[i] for i in sorted(told)
    ]


def _all_lines(keyed: Keyed) -> list[Line]:
    labels = _labels(keyed)
    devices = list(dict.fromkeys(case.device for _, case in keyed))
    lines: list[Line] = []
    for (series, case), curves in keyed.items():
        label = labels[series, case]
        dashed = devices.index(case.device) % 2 == 1
        lines += [replace(line, dashed=dashed) for line in _lines(curves, label)]
    return [replace(line, dashed=line.dashed or number >= len(PALETTE)) for number, line in enumerate(lines)]


def _lines(curves: Sequence[Curve], label: str) -> list[Line]:
    """One line; a mean with a band where all seeds share their x; else every seed's own line. Noise is its mean."""
    if any(map(_noisy, curves)):
        line = replace(noisy.banded(curves, label), raw_x=(), raw_y=())
        return (
            [line] if all(low > 0 for low in line.low) or not _logs(curves[0])[1] else [replace(line, low=(), high=())]
        )
    shown = [points for points in map(_visible, curves) if points]
    xs = [tuple(x for x, _ in points) for points in shown]
    if len(shown) > 1 and all(x == xs[0] for x in xs):
        # A mean of points at different x would be of nothing that was measured.
        columns = list(zip(*([y for _, y in points] for points in shown), strict=True))
        mean, low, high = (tuple(f(column) for column in columns) for f in (fmean, min, max))
        return [Line(label=label, x=xs[0], y=mean, low=low, high=high)]
    return [Line(label=label, x=x, y=tuple(y for _, y in p)) for x, p in zip(xs, shown, strict=True)]


def _visible(curve: Curve) -> list[tuple[float, float]]:
    log_x, log_y = _logs(curve)
    points = zip(curve.x, curve.y, strict=True)
    return [(x, y) for x, y in points if (x > 0 or not log_x) and (y > 0 or not log_y)]


def _note(curves: Sequence[Curve]) -> str:
    noise = [curve for curve in curves if _noisy(curve)]
    remarks = []
    old = [curve.series or curve.name for curve in noise if noisy.is_rough_band(curve)]
    if old:
        remarks.append(
            f"of {', '.join(dict.fromkeys(old))} only the extremes were kept: there the line is their middle, and the"
            " band the lowest to the highest"
        )
    drawn = [curve for curve in curves if curve not in noise]
    thinned = max((curve.thinned_from or 0 for curve in drawn), default=0)
    if thinned:
        remarks.append(f"{thinned:,} points, thinned: the lowest and highest of each stretch")
    hidden = sum(len(curve.x) - len(_visible(curve)) for curve in drawn)
    if hidden:
        remarks.append(f"{hidden} points at or below zero have no place on a logarithmic axis")
    return "; ".join(remarks)
