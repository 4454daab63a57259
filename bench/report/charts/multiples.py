"""Small multiples of a crowded panel: a panel a line, in which the others stand faint behind."""

from __future__ import annotations

from dataclasses import replace

from bench.report.charts.model import Line, Panel


def labels(panel: Panel) -> tuple[str, ...]:
    """The names of what a panel shows, each once."""
    return tuple(dict.fromkeys(line.label for line in panel.lines if line.label))


def multiples(panel: Panel) -> tuple[Panel, ...]:
    """One panel for each name, under that name, with all that bears it; of the others a line through their points."""
    return tuple(_one(panel, label) for label in labels(panel))


def _one(panel: Panel, label: str) -> Panel:
    others = tuple(_behind(line) for line in panel.lines if line.label != label and line.style != "law")
    own = tuple(replace(line, hue=0) for line in panel.lines if line.label == label)
    signs = tuple(
        replace(sign, hue=0 if sign.x is not None else sign.hue)
        for sign in panel.signs
        if sign.x is None or sign.label == label
    )
    return replace(panel, lines=(*others, *own), title=label, signs=signs, labels="none")


def _behind(line: Line) -> Line:
    return replace(line, style="line", faint=True, low=(), high=(), dashed=False)
