"""The report of a selftest as JSON, and as a page."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.selftest import judge

if TYPE_CHECKING:
    from bench.selftest.examine import Report

SCHEMA = 1


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
    """Write ``selftest.json`` and ``index.html``."""
    from bench.selftest import page

    written = folder / "selftest.json", folder / "index.html"
    written[0].write_text(json.dumps(document(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    written[1].write_text(page.html(report), "utf-8")
    return written
