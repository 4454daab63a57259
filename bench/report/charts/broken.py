"""What stands in the place of a chart that cannot be made or drawn: its name and why, so that all others are seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.report.charts.model import Chart, PanelChart, slug

MOST = 200
"""Letters of a reason."""


def guarded(make: Callable[[], Sequence[Chart]], *where: str) -> tuple[Chart, ...]:
    """The charts that ``make`` gives. Whatever it raises, numbers of others' are to blame, and a box says so.

    :param where: the exercise and the part, and what else tells these charts from others
    """
    try:
        return tuple(make())
    except Exception as error:
        return (broken(error, *where),)


def broken(error: Exception, *where: str) -> PanelChart:
    """A chart without a panel."""
    name = " ".join(("charts of", ".".join(where[:2]), *where[2:]))
    return PanelChart(slug=slug(*where, "broken"), name=name, title=name, note=reason(error), panels=())


def is_broken(chart: Chart) -> bool:
    return isinstance(chart, PanelChart) and not chart.panels


def reason(error: Exception) -> str:
    """What went wrong, on a line that is short enough to be read."""
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return words if len(words) <= MOST else f"{words[: MOST - 1]}…"
