"""Which lines of a chart its title compares: those of one panel, or one line across panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.report.charts import findings, naming, orders
from bench.report.charts.model import Line, Panel

SHORT = 120
"""Letters: a longer title says what the last panel shows, and which that is."""


def of_courses(panels: Sequence[Panel]) -> str:
    """Of panels by train and test each, or the last where that is long; of panels by series their last lines."""
    if both := _both(panels):
        return both
    # Of two quantities on one axis neither is more or less than the other.
    if ", and " in panels[0].y_label:
        return ""
    told = _told_labels(panels)
    if _by_split(panels) and not _is_one_statistic(told):
        said = [_said(panel, [line for line in panel.lines if line.label in told], panel.title) for panel in panels]
        alike = {text.removeprefix(f"{panel.title}: ") for text, panel in zip(said, panels, strict=True)}
        titles = _listed([panel.title for panel in panels])
        together = f"{titles}: {alike.pop()}" if len(alike) == 1 and said[-1] else "; ".join(said)
        return together if all(said) and len(together) <= SHORT else said[-1]
    return _said(panels[0], *_told_of(panels))


def _told_labels(panels: Sequence[Panel]) -> list[str]:
    """All; of means beside their worst the means alone, for that these lie below those is no finding."""
    labels = list(dict.fromkeys(line.label for panel in panels for line in panel.lines))
    kinds = [found[1].lower() for label in labels if (found := naming.STATISTIC.match(label))]
    if len(kinds) < len(labels):
        return labels
    return [label for label, kind in zip(labels, kinds, strict=True) if kind == kinds[0]]


def _is_one_statistic(labels: Sequence[str]) -> bool:
    """Whether they name one number of everything, such as the mean, alone or where another lies on it."""
    return len({label.split(" = ")[0] for label in labels}) == 1 and naming.STATISTIC.match(labels[0]) is not None


def _said(panel: Panel, lines: Sequence[Line], where: str) -> str:
    """What lines of the axes of ``panel`` show."""
    if findings.passes(panel.x_label):
        return findings.ends(lines, where)
    said = orders.along(lines, panel.x_label, panel.y_label, log=panel.log_y)
    return f"{where}: {said}" if where and said else said


def _by_split(panels: Sequence[Panel]) -> bool:
    return len(panels) > 1 and all(naming.split_word(panel.title)[0] == panel.title for panel in panels)


def _told_of(panels: Sequence[Panel]) -> tuple[list[Line], str]:
    """The lines that a finding compares, under names that tell them apart, and where they are."""
    told = _told_labels(panels)
    words = list(dict.fromkeys(line.label for panel in panels for line in panel.lines))
    if _by_split(panels):
        return _across(panels, told[0].split(" = ")[0]), told[0].split(" = ")[0]
    if len(panels) > 1 and len(words) > 1 and naming.are_splits(sorted(words)):
        return _across(panels, panels[-1].lines[-1].label), panels[-1].lines[-1].label
    return [
        replace(line, label=naming.comma(panel.title, line.label if line.label != panel.title else ""))
        for panel in panels
        for line in panel.lines
        if line.label in told
    ], ""


def _across(panels: Sequence[Panel], label: str) -> list[Line]:
    lines = ((panel.title, line) for panel in panels for line in panel.lines)
    return [replace(line, label=title) for title, line in lines if label in (line.label, *line.label.split(" = "))]


def _both(panels: Sequence[Panel]) -> str:
    """That lines lie on each other is what a chart shows that has no others."""
    labels = {line.label for panel in panels for line in panel.lines}
    label = next(iter(labels), "")
    return f"{_listed(label.split(' = '))} lie on each other" if len(labels) == 1 and " = " in label else ""


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
