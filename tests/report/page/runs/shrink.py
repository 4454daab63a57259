"""Compact copies of real runs for the tests of pages: ``python -m tests.report.page.runs.shrink RUN [RUN …]``.

The run of one exercise becomes ``<exercise>.json.xz`` beside this file; several exercises, ``sheet.json.xz``, thinned
further. ``RUN,RUN`` are the parts of one sheet that was not run in one go. Samples beyond what a ratio and its interval
need, points that a chart does not show, and further digits are left out. Of pictures ``pictures.json`` keeps the sizes
alone: a page is as tall with blank ones.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from bench.report.page.html import WIDTHS
from bench.thinning import minmax_indices

HERE = Path(__file__).parent
PICTURES = HERE / "pictures.json"
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


def joined(folders: Sequence[Path]) -> dict[str, Any]:
    """The exercises of several runs as those of the first one, in the order of the sheet."""
    first: dict[str, Any]
    first, *others = (json.loads((folder / "run.json").read_text(encoding="utf-8")) for folder in folders)
    for other in others:
        first["exercises"] += other["exercises"]
        first["records"] += other["records"]
        first["code"] |= other["code"]
    first["exercises"].sort(key=lambda exercise: exercise["id"])
    return first


def sizes(run: dict[str, Any], folders: tuple[Path, ...]) -> dict[str, tuple[int, int]]:
    """The width and height of every picture, in pixels, by its path in its run, as the pages there show it."""
    found = {}
    for record in run["records"]:
        widest = _widest(folders, record["case"]["exercise"])
        for figure in record.get("findings", {}).get("figures", []):
            file = next((each / figure["path"] for each in folders if (each / figure["path"]).is_file()), None)
            if file is not None:
                found[figure["path"]] = _fitted(_size(file), widest)
    return found


@cache
def _widest(folders: tuple[Path, ...], exercise: str) -> int:
    """A page takes its pictures as narrow as its bytes ask for, all of them alike."""
    pages = [page.read_text(encoding="utf-8") for each in folders if (page := each / f"{exercise}.html").is_file()]
    shown = [b64decode(found) for page in pages for found in re.findall(r"data:image/\w+;base64,([\w+/=]+)", page)]
    return max((_size(BytesIO(content))[0] for content in shown), default=WIDTHS[0])


def _fitted(size: tuple[int, int], widest: int) -> tuple[int, int]:
    wide, high = size
    return size if wide <= widest else (widest, round(high * widest / wide))


def _size(file: Path | BytesIO) -> tuple[int, int]:
    from PIL import Image

    with Image.open(file) as picture:
        return picture.size


def write(folders: Sequence[Path]) -> Path:
    run = joined(folders)
    names = [exercise["id"] for exercise in run["exercises"]]
    name = "sheet" if len(names) > 1 else names[0]
    pictures = json.loads(PICTURES.read_text(encoding="utf-8")) if PICTURES.is_file() else {}
    pictures[name] = sizes(run, tuple(folders))
    PICTURES.write_text(json.dumps(pictures, sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8")
    path = HERE / f"{name}.json.xz"
    text = json.dumps(shrink(run, rough=name == "sheet"), separators=(",", ":"))
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    return path


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        made = write([Path(folder) for folder in argument.split(",")])
        sys.stdout.write(f"{made.name} {made.stat().st_size}\n")
