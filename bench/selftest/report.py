"""The report of a selftest as JSON, as a page, and as a table for a text.

``python -m bench.selftest.report FOLDER/selftest.json`` prints the table in Markdown.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.selftest import judge

if TYPE_CHECKING:
    from bench.selftest.examine import Report

SCHEMA = 1
DOCUMENT, PAGE = "selftest.json", "index.html"


def document(report: Report) -> dict[str, Any]:
    """One JSON document. A number that is none is null: JSON has no word for it."""
    told = {"schema": SCHEMA, "passed": judge.passed(report.checks)} | asdict(report)
    told["surroundings"]["busy"] = report.surroundings.busy
    return {name: plain(value) for name, value in told.items()}


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write ``selftest.json`` and ``index.html``. Raises ``StoreError`` where the disk refuses."""
    from bench.results import store
    from bench.selftest import page

    data = json.dumps(document(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    texts = {folder / DOCUMENT: data, folder / PAGE: page.html(report)}
    for path, text in texts.items():
        try:
            store.replace_file(path, text.encode())
        except OSError as error:
            raise store.refusal(error, path, "then measure again") from error
    return tuple(texts)


def markdown(document: dict[str, Any]) -> str:
    """The checks of a document as a table: one row each."""
    rows = [(each["what"], each["measured"], each["goal"], each["state"], each["note"]) for each in document["checks"]]
    head = [("asked", "measured", "goal", "", "note"), ("---",) * 5]
    return "\n".join(f"| {' | '.join(row)} |" for row in [*head, *rows])


if __name__ == "__main__":
    print(markdown(json.loads(Path(sys.argv[1]).read_text("utf-8"))))  # noqa: T201 - what the script is for
