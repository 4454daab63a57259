"""The page of a device matrix: one file that asks the network for nothing, in the style of the page of a run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path

from bench.analysis.matrix import Matrix
from bench.report import facts, places
from bench.report.matrix import document, words
from bench.report.page import bundle, setting
from bench.report.texts import on_page
from bench.results import store

TEMPLATES = Path(__file__).parent / "templates"
PAGE, DOCUMENT = "compare.html", "compare.json"
STYLES = ("page.css", "question.css", "tables.css", "print.css")
MOST = 400
"""Rows: ``compare.json`` has all."""


def write_page(matrix: Matrix, folder: Path, command: Sequence[str] = ()) -> tuple[Path, ...]:
    """Write ``compare.html`` and ``compare.json``, and return them. Raises ``StoreError`` where the disk refuses."""
    texts = {
        PAGE: html(matrix, command),
        DOCUMENT: json.dumps(document.document(matrix), indent=1, ensure_ascii=False, allow_nan=False) + "\n",
    }
    for name, text in texts.items():
        try:
            store.replace_file(folder / name, text.encode("utf-8", errors="replace"))
        except OSError as error:
            raise store.refusal(error, folder / name, "then compare again") from error
    return tuple(folder / name for name in texts)


def html(matrix: Matrix, command: Sequence[str] = ()) -> str:
    """The whole page; ``command`` is what would make it again."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([TEMPLATES, setting.TEMPLATES]),
        autoescape=True,
        finalize=on_page,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = setting.source("page.js")
    return environment.get_template("matrix.html.j2").render(
        matrix=matrix,
        words=words,
        places=places.table(matrix.run),
        when=facts.moment(matrix.run.created),
        command=shlex.join(command),
        most=MOST,
        style=setting.safe(setting.source(*STYLES)),
        script=setting.safe(script),
        policy=setting.safe(bundle.source_hash(script)),
    )
