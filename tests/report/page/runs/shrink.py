"""Compact copies of real runs for the tests of pages: ``python -m tests.report.page.runs.shrink RUN [RUN …]``.

Each exercise of a run becomes ``<exercise>.json.xz`` beside this file; several exercises, ``sheet.json.xz``, thinned
further. Samples beyond what a ratio and its interval need, points that a chart does not show, and further digits
are left out.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from bench.thinning import minmax_indices

HERE = Path(__file__).parent
POINTS, ROUGH_POINTS = 400, 40
BLOCKS, ROUNDS, ROUGH_ROUNDS = 1, 12, 3
"""Samples of a round, and rounds, that are kept."""


def shrink(run: dict[str, Any], rough: bool = False) -> dict[str, Any]:
    digits = 3 if rough else 5
    for record in run["records"]:
        record["samples"] = rounded(samples(record.get("samples") or [], ROUGH_ROUNDS if rough else ROUNDS), digits)
        findings = record.get("findings", {})
        for curve in findings.get("curves", []):
            thin(curve, ROUGH_POINTS if rough else POINTS)
        # Claims and tables stay as they are: a rounded value may break its bound.
        findings["curves"] = rounded(findings.get("curves", []), digits)
    return run


def samples(listed: list[dict[str, Any]], rounds: int) -> list[dict[str, Any]]:
    seen, kept = Counter[int](), []
    for sample in listed:
        seen[sample["round"]] += 1
        if seen[sample["round"]] <= BLOCKS and sample["round"] < rounds:
            kept.append(sample)
    return kept


def thin(curve: dict[str, Any], most: int) -> None:
    """Fields as long as ``x`` lose the same points."""
    count = len(curve["x"])
    if count <= most:
        return
    kept = list(minmax_indices(curve["y"], most))
    for name, values in curve.items():
        if isinstance(values, list) and len(values) == count:
            curve[name] = [values[at] for at in kept]


def rounded(value: Any, digits: int) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, list):
        return [rounded(each, digits) for each in value]
    return {name: rounded(each, digits) for name, each in value.items()} if isinstance(value, dict) else value


def write(folder: Path) -> Path:
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    names = [exercise["id"] for exercise in run["exercises"]]
    whole = len(names) > 1
    path = HERE / f"{'sheet' if whole else names[0]}.json.xz"
    text = json.dumps(shrink(run, rough=whole), separators=(",", ":"))
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    return path


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        made = write(Path(argument))
        sys.stdout.write(f"{made.name} {made.stat().st_size}\n")
