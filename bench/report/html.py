"""The plugin that writes ``index.html``: the whole run on one page that asks the network for nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.hookspecs import hookimpl
from bench.model import Figure, Run
from bench.report import bundle, images, overview, page, theory
from bench.report.charts import interactive
from bench.report.live import claim_text
from bench.results import quantities, statistics

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

MOST_BYTES = 2_000_000
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Detail:
    """How much a page carries: points a line, pixels a picture (0: none, a link instead), living charts or not."""

    points: int
    widest: int
    living: bool = True


DETAILS = (Detail(600, 1000), Detail(300, 800), Detail(160, 640), Detail(100, 480), Detail(60, 0), Detail(60, 0, False))
"""From the finest; the first that keeps the page below ``MOST_BYTES`` is taken."""


@hookimpl
def bench_report(run: Run, folder: Path) -> Sequence[Path]:
    """Write ``index.html``, below 2 MB: a run of many charts and pictures shows them in less detail."""
    path = folder / "index.html"
    path.write_text(html(run, folder), encoding="utf-8")
    return [path]


def html(run: Run, folder: Path) -> str:
    """The page; pictures that studies made are read from the run's folder."""
    seen = page.view(run)
    text = ""
    for detail in DETAILS:
        text = _render(seen, folder, detail)
        if len(text.encode()) < MOST_BYTES:
            break
    return text


def _render(seen: page.PageView, folder: Path, detail: Detail) -> str:
    svgs, specs = _draw(seen, detail)
    script = _source("page.js")
    living = detail.living and bool(specs)
    code = bundle.vega() if living else ""
    figures = {
        placed.item.path: images.data_uri(folder, placed.item.path, detail.widest) if detail.widest else ""
        for exercise in seen.exercises
        for part in exercise.parts
        for placed in part.figures
        if isinstance(placed.item, Figure)
    }
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=seen,
            svgs=svgs,
            figures=figures,
            style=_safe(_source("page.css")),
            script=_safe(script),
            policy=" ".join(bundle.source_hash(text) for text in (script, code) if text),
            vega=bundle.pack(code) if living else "",
            specs=bundle.pack(json.dumps(specs, separators=(",", ":"), allow_nan=False)) if living else "",
        )
    )


def _draw(seen: page.PageView, detail: Detail) -> tuple[dict[str, Markup], dict[str, Any]]:
    """Static pictures and living specifications of every chart, by slug."""
    svgs: dict[str, Markup] = {}
    specs: dict[str, Any] = {}
    for exercise in seen.exercises:
        for part in exercise.parts:
            for chart in part.charts:
                spec = interactive.specification(chart, detail.points)
                svgs[chart.slug] = _safe(interactive.static_svg(spec, f"s{len(svgs)}"))
                specs[chart.slug] = spec | {"width": "container"}
    return svgs, specs


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
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "powers": lambda text: _safe(theory.powers(str(text))),
        "number": quantities.number,
        "time": statistics.time_in_words,
        "peak": statistics.peak_in_words,
        "claim": claim_text,
        "case": overview.case_name,
        "cell": _cell,
        "safe_answer": _safe,
    }
    environment.globals |= {"laws": page.law_words, "numeric": _numeric}
    return environment


def _numeric(placed: page.Placed, column: int) -> str | Markup:
    """Numbers stand right in their column."""
    return _safe(' class="number"') if column < len(placed.numeric) and placed.numeric[column] else ""


def _cell(value: object) -> str:
    """One cell of a recorded table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return quantities.number(value, 4)
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
