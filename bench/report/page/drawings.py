"""Every chart of a page, drawn twice: as an SVG that stands still, and as a specification that comes alive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.report.charts import interactive
from bench.report.charts.model import Chart

if TYPE_CHECKING:
    from markupsafe import Markup

POINTS = (600, 200, 60)
"""Points that a line may have, the finest first."""
SMALL = 60
"""Points of a line in a small chart."""


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
    svgs = {slug: Markup(interactive.static_svg(spec, f"s{at}")) for at, (slug, spec) in enumerate(specs.items())}
    narrow = {chart.slug: interactive.specification(chart, points, interactive.NARROW_WIDTH) for chart in charts}
    living = {slug: {"wide": spec, "narrow": _sparing(narrow[slug], spec)} for slug, spec in specs.items()}
    return Drawings(svgs, {chart.slug: svgs[chart.slug] for chart in small}, living)


def _sparing(spec: interactive.Spec, like: interactive.Spec) -> interactive.Spec:
    """Without the data that it shares with another."""
    return {key: value for key, value in spec.items() if key != "datasets" or value != like[key]}
