"""Every chart of a page, drawn twice: as an SVG that stands still, and as a specification that comes alive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.report.charts import interactive
from bench.report.charts.model import Chart

if TYPE_CHECKING:
    from markupsafe import Markup

POINTS = (600, 200, 60)
"""Points that a line may have, the finest first."""


@dataclass(frozen=True, slots=True)
class Drawings:
    """By slug: ``svgs`` of the charts that stand open, ``small`` ones of cards, ``specs`` of all."""

    svgs: dict[str, Markup]
    small: dict[str, Markup]
    specs: dict[str, Any]


def draw(charts: Sequence[Chart], small: Iterable[Chart], points: int) -> Drawings:
    """Draw with at most so many points a line; ids are counted by place, so that one page holds none twice."""
    from markupsafe import Markup

    specs = {chart.slug: interactive.specification(chart, points) for chart in charts}
    svgs = {
        slug: Markup(_named(interactive.static_svg(spec, f"s{at}"), at))
        for at, (slug, spec) in enumerate(specs.items())
    }
    narrow = {chart.slug: interactive.specification(chart, points, interactive.NARROW_WIDTH) for chart in charts}
    living = {slug: {"wide": spec, "narrow": _sparing(narrow[slug], spec)} for slug, spec in specs.items()}
    return Drawings(svgs, {chart.slug: Markup(_small(svgs[chart.slug])) for chart in small}, living)


def _named(svg: str, number: int) -> str:
    return svg.replace("<svg ", f'<svg id="drawing-{number}" ', 1)


def _small(svg: str) -> str:
    """The same drawing once more, small: only a reference to it. Its labels, too small to read, are left out by the
    style sheet."""
    box, id = re.search(r'viewBox="([^"]*)"', svg), re.search(r'<svg [^>]*id="([^"]*)"', svg)
    if box is None or id is None:
        return ""
    return f'<svg class="small-chart" viewBox="{box[1]}" aria-hidden="true"><use href="#{id[1]}"/></svg>'


def _sparing(spec: interactive.Spec, like: interactive.Spec) -> interactive.Spec:
    """Without the data that it shares with another."""
    return {key: value for key, value in spec.items() if key != "datasets" or value != like[key]}
