"""Which lines of a chart its title compares: those of one panel, or one line across panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.report.charts import findings, naming, orders
from bench.report.charts.model import Line, Panel

SHORT = 100
"""Letters: a longer title says what the last panel shows, and which that is."""


def of_courses(panels: Sequence[Panel]) -> str:
    """Of panels by train and test each, or the last where that is long; of panels by series their last lines."""
    if both := _both(panels):
        return both
    # Of two quantities on one axis neither is more or less than the other.
    if ", and " in panels[0].y_label:
        return ""
    if _by_split(panels) and not all(map(naming.STATISTIC.match, _labels(panels))):
        said = [_said(panel, panel.lines, panel.title) for panel in panels]
        together = "; ".join(said)
        return together if all(said) and len(together) <= SHORT else said[-1]
    return _said(panels[0], *_told_of(panels))


def _said(panel: Panel, lines: Sequence[Line], where: str) -> str:
    """What lines of the axes of ``panel`` show."""
    if findings.passes(panel.x_label):
        return findings.ends(lines, where)
    said = orders.along(lines, panel.x_label, panel.y_label, log=panel.log_y)
    return f"{where}: {said}" if where and said else said


def _by_split(panels: Sequence[Panel]) -> bool:
    return len(panels) > 1 and all(naming.split_word(panel.title)[0] == panel.title for panel in panels)


def _labels(panels: Sequence[Panel]) -> list[str]:
    return list(dict.fromkeys(line.label for panel in panels for line in panel.lines))


def _told_of(panels: Sequence[Panel]) -> tuple[list[Line], str]:
    """The lines that a finding compares, under names that tell them apart, and where they are."""
    words = _labels(panels)
    if _by_split(panels):
        return _across(panels, words[0]), words[0]
    if len(panels) > 1 and len(words) > 1 and naming.are_splits(sorted(words)):
        return _across(panels, panels[-1].lines[-1].label), panels[-1].lines[-1].label
    if len(words) > 1 and all(map(naming.STATISTIC.match, words)):
        return [line for panel in panels for line in panel.lines if line.label == words[0]], ""
    return [
        replace(line, label=naming.comma(panel.title, line.label if line.label != panel.title else ""))
        for panel in panels
        for line in panel.lines
    ], ""


def _across(panels: Sequence[Panel], label: str) -> list[Line]:
    return [replace(line, label=panel.title) for panel in panels for line in panel.lines if line.label == label]


def _both(panels: Sequence[Panel]) -> str:
    """That lines lie on each other is what a chart shows that has no others."""
    labels = {line.label for panel in panels for line in panel.lines}
    label = next(iter(labels), "")
    return f"{_listed(label.split(' = '))} lie on each other" if len(labels) == 1 and " = " in label else ""


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
