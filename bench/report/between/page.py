"""The page of a comparison of runs: one file that asks the network for nothing, in the style of the page of a run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.analysis.compared import Comparison
from bench.model import Run
from bench.report import facts
from bench.report.between import chart, document, words
from bench.report.charts.interactive import NARROW_WIDTH, STATIC_WIDTH
from bench.report.page import bundle, setting
from bench.report.page.still import still
from bench.report.texts import on_page
from bench.results import store

if TYPE_CHECKING:
    from markupsafe import Markup

    from bench.report.charts.model import RowChart

TEMPLATES = Path(__file__).parent / "templates"
PAGE, DOCUMENT = "compare.html", "compare.json"
STYLES = ("page.css", "question.css", "tables.css", "print.css")
MOST = 400
"""Rows of one table: ``compare.json`` has all."""


def write_page(
    comparison: Comparison, folder: Path, command: Sequence[str] = (), *, exit_code: int
) -> tuple[Path, ...]:
    """Write ``compare.html`` and ``compare.json``, which has the ``exit_code``, and return them. Raises ``StoreError``
    where the disk refuses."""
    told = document.document(comparison, exit_code)
    texts = {
        PAGE: html(comparison, command),
        DOCUMENT: json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
    }
    for name, text in texts.items():
        try:
            store.replace_file(folder / name, text.encode("utf-8", errors="replace"))
        except OSError as error:
            raise store.refusal(error, folder / name, "then compare again") from error
    return tuple(folder / name for name in texts)


def html(comparison: Comparison, command: Sequence[str] = ()) -> str:
    """The whole page; ``command`` is what would make it again."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=on_page,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script, forest = setting.source("page.js"), chart.forest(comparison)
    return environment.get_template("compare.html.j2").render(
        comparison=comparison,
        words=words,
        styles={"✗": "no", "✓": "yes", "–": "of"},
        headline=words.headline(comparison),
        command=shlex.join(command),
        runs=[comparison.base, *(each.new for each in comparison.against)],
        moment=facts.moment,
        differing=differing,
        forest=forest,
        drawings=drawings(forest) if forest else {},
        most=MOST,
        style=setting.safe(setting.source(*STYLES)),
        script=setting.safe(script),
        policy=setting.safe(bundle.source_hash(script)),
    )


def drawings(forest: RowChart) -> dict[str, Markup]:
    """The forest plot for wide and for narrow windows; each has ids of its own."""
    return {
        name: still(forest, 1, width, f"{name}-") for name, width in (("usual", STATIC_WIDTH), ("slim", NARROW_WIDTH))
    }


def differing(base: Run, new: Run) -> list[tuple[str, str, str, bool]]:
    """What is known of both, name by name, and whether it differs; that of the run itself always does."""
    ours, theirs = dict(facts.facts(base)), dict(facts.facts(new))
    named = [name for name in dict.fromkeys((*ours, *theirs)) if name != "run"]
    return [
        (name, ours.get(name, ""), theirs.get(name, ""), ours.get(name, "") != theirs.get(name, "")) for name in named
    ]
