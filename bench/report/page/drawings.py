"""Every chart of a page from one specification: an SVG that stands still, one for phones, and what comes alive."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.report.charts import interactive
from bench.report.charts.broken import is_broken, reason
from bench.report.charts.interactive import NARROW_WIDTH, STATIC_WIDTH
from bench.report.charts.model import Chart, rows_csv

if TYPE_CHECKING:
    from markupsafe import Markup

    from bench.report.page.view import ExerciseView

POINTS = (400, 150, 60)
"""Points that a line may have, the finest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawings:
    """By slug: ``svgs`` of all charts, ``narrow`` ones of those that stand open, ``small`` ones of cards; ``specs`` and
    the ``data`` as CSV of all. ``failed`` says why the others could not be drawn."""

    svgs: dict[str, Markup] = field(default_factory=dict)
    narrow: dict[str, Markup] = field(default_factory=dict)
    small: dict[str, Markup] = field(default_factory=dict)
    specs: dict[str, Any] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


class Pen:
    """Draws each chart once, with at most ``points`` points a line."""

    def __init__(self, points: int = POINTS[0]) -> None:
        self.points = points
        self._specs: dict[tuple[str, int, int], interactive.Spec] = {}
        self._drawn: dict[tuple[str, int, int], str] = {}
        self._failed: dict[str, str] = {}

    def spec(self, chart: Chart, width: int = STATIC_WIDTH) -> interactive.Spec:
        key = (chart.slug, self.points, width)
        if key not in self._specs:
            self._specs[key] = interactive.specification(chart, self.points, width)
        return self._specs[key]

    def still(self, chart: Chart, width: int = STATIC_WIDTH) -> str:
        """As vl-convert draws it, to be themed by ``interactive.themed``."""
        key = (chart.slug, self.points, width)
        if key not in self._drawn:
            self._drawn[key] = interactive.drawn(self.spec(chart, width))
        return self._drawn[key]

    def failed(self, chart: Chart, *widths: int) -> str:
        """Why a chart cannot be drawn in one of its widths; empty where it can."""
        if not self._failed.get(chart.slug):
            self._failed[chart.slug] = self._tried(chart, widths or (STATIC_WIDTH,))
        return self._failed[chart.slug]

    def _tried(self, chart: Chart, widths: Sequence[int]) -> str:
        if is_broken(chart):
            return chart.note
        try:
            for width in widths:
                self.still(chart, width)
                self.spec(chart, NARROW_WIDTH)
        except OSError:
            raise  # the machine's fault, which no other chart escapes
        except Exception as error:  # numbers of others' that no scale holds, or a death of the process that draws
            return reason(error)
        return ""


def draw(page: ExerciseView, pen: Pen) -> Drawings:
    """The charts of a page; ids are counted by place, so that one page holds none twice."""
    for chart in page.open_charts:
        pen.failed(chart, STATIC_WIDTH, NARROW_WIDTH)
    good = [chart for chart in page.charts if not pen.failed(chart)]
    svgs = {chart.slug: _set(pen.still(chart), f"drawing-{at}") for at, chart in enumerate(good)}
    small = [question.small for question in page.questions if question.small]
    return Drawings(
        svgs=svgs,
        narrow=_narrow([chart for chart in page.open_charts if chart.slug in svgs], pen),
        small={chart.slug: _small(svgs[chart.slug]) for chart in small if chart.slug in svgs},
        specs={chart.slug: _living(chart, pen) for chart in good},
        data={chart.slug: rows_csv(chart) for chart in good},
        failed={chart.slug: pen.failed(chart) for chart in page.charts if chart.slug not in svgs},
    )


def _narrow(charts: Sequence[Chart], pen: Pen) -> dict[str, Markup]:
    return {chart.slug: _set(pen.still(chart, NARROW_WIDTH), f"slim-{at}") for at, chart in enumerate(charts)}


def _set(svg: str, id: str) -> Markup:
    from markupsafe import Markup

    return Markup(interactive.themed(svg, f"{id}-").replace("<svg ", f'<svg id="{id}" ', 1))


def _small(svg: str) -> Markup:
    """The same drawing once more, small: only a reference to it. Its labels, too small to read, are left out by the
    style sheet."""
    from markupsafe import Markup

    box, id = re.search(r'viewBox="([^"]*)"', svg), re.search(r'<svg [^>]*id="([^"]*)"', svg)
    if box is None or id is None:
        return Markup("")
    return Markup(f'<svg class="small-chart" viewBox="{box[1]}" aria-hidden="true"><use href="#{id[1]}"/></svg>')


def _living(chart: Chart, pen: Pen) -> dict[str, interactive.Spec]:
    wide = pen.spec(chart)
    return {"wide": wide, "narrow": _sparing(pen.spec(chart, NARROW_WIDTH), wide)}


def _sparing(spec: interactive.Spec, like: interactive.Spec) -> interactive.Spec:
    """Without the data that it shares with another."""
    return {key: value for key, value in spec.items() if key != "datasets" or value != like[key]}
