"""The plugin that writes ``index.html``: the whole run on one page that asks the network for nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.analysis import quantities, statistics
from bench.hookspecs import hookimpl
from bench.model import Figure, Run
from bench.report import summary
from bench.report.answers import typeset
from bench.report.answers.live import claim_text
from bench.report.charts import interactive
from bench.report.charts.model import Chart
from bench.report.page import bundle, images, view
from bench.report.side_by_side import map_processes

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

MOST_BYTES = 2_000_000
MORE_BYTES = 400_000
"""What every exercise after the first adds, so that a page of the whole sheet shows its pictures too."""
POINTS = (600, 200, 60)
"""Points that a line may have, the finest first."""
WIDTHS = (1000, 800, 640, 480, 360)
"""Pixels that a picture may be wide, the finest first."""
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Drawings:
    """Every chart of the page by slug: as an SVG that stands still, and as a specification that lives."""

    svgs: dict[str, Markup]
    specs: dict[str, Any]


@hookimpl
def bench_report(run: Run, folder: Path) -> Sequence[Path]:
    """Write ``index.html``, below 2 MB for one exercise: many charts and pictures are shown in less detail."""
    path = folder / "index.html"
    path.write_text(html(run, folder), encoding="utf-8")
    return [path]


def html(run: Run, folder: Path) -> str:
    """The page; pictures that studies made are read from the run's folder.

    What does not fit is given up in this order: points of lines, pixels of pictures, pictures, living charts.
    """
    page = view.view(run)
    most = MOST_BYTES + MORE_BYTES * max(len(page.exercises) - 1, 0)
    for points in POINTS:
        drawings = _draw_charts(page, points)
        text = _render(page, drawings, {})
        if _size(text) <= most:
            # Pictures come last: their bytes are known before the page is set again.
            pictures = _pictures(page, folder, most - _size(text))
            return _render(page, drawings, pictures) if pictures else text
    return _render(page, Drawings(drawings.svgs, {}), {})


def _size(text: str) -> int:
    return len(text.encode())


def _draw_charts(page: view.PageView, points: int) -> Drawings:
    charts = [chart for exercise in page.exercises for part in exercise.parts for chart in part.charts]
    drawn = map_processes(partial(_draw_chart, points), list(enumerate(charts)))
    specs = {chart.slug: spec for chart, (spec, _) in zip(charts, drawn, strict=True)}
    svgs = {chart.slug: svg for chart, (_, svg) in zip(charts, drawn, strict=True)}
    return Drawings(
        {slug: _safe(svg) for slug, svg in svgs.items()},
        {slug: spec | {"width": "container"} for slug, spec in specs.items()},
    )


def _draw_chart(points: int, numbered: tuple[int, Chart]) -> tuple[interactive.Spec, str]:
    number, chart = numbered
    spec = interactive.specification(chart, points)
    return spec, interactive.static_svg(spec, f"s{number}")


def _pictures(page: view.PageView, folder: Path, room: int) -> dict[str, str]:
    """Data URIs by path, as fine as there is room for; none where even the smallest do not fit."""
    items = [placed.item for exercise in page.exercises for part in exercise.parts for placed in part.figures]
    paths = [item.path for item in items if isinstance(item, Figure)]
    distinct = list(dict.fromkeys(paths))
    for widest in WIDTHS:
        uris = dict(zip(distinct, map_processes(partial(images.data_uri, folder, widest), distinct), strict=True))
        # By every place where it stands: a data URI is written out at each.
        if sum(len(uris[path]) for path in paths) <= room:
            return uris
    return {}


def _render(page: view.PageView, drawings: Drawings, pictures: dict[str, str]) -> str:
    script = _source("page.js")
    code = bundle.vega() if drawings.specs else ""
    template = _environment().get_template("page.html.j2")
    return template.render(
        page=page,
        svgs=drawings.svgs,
        pictures=pictures,
        style=_safe(_source("page.css")),
        script=_safe(script),
        policy=" ".join(bundle.source_hash(text) for text in (script, code) if text),
        vega=bundle.pack(code) if code else "",
        specs=bundle.pack(json.dumps(drawings.specs, separators=(",", ":"), allow_nan=False)) if code else "",
    )


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").strip()


def _safe(text: str) -> Markup:
    """Text that this package made itself, to be set as it stands."""
    from markupsafe import Markup

    return Markup(text)


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        # A misspelt name in a template fails its test instead of leaving a gap.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "powers": lambda text: _safe(typeset.powers(str(text))),
        "number": quantities.number,
        "time": statistics.time_in_words,
        "peak": statistics.peak_in_words,
        "tensors": statistics.tensors_in_words,
        "claim": claim_text,
        "case": summary.case_name,
        "cell": _cell,
        "safe_answer": _safe,
    }
    environment.globals |= {"numeric": _numeric}
    return environment


def _numeric(placed: view.Placed, column: int) -> str | Markup:
    """Numbers stand right in their column."""
    return _safe(' class="number"') if column < len(placed.numeric) and placed.numeric[column] else ""


def _cell(value: object) -> str:
    """One cell of a recorded table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return quantities.number(value, 4)
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
