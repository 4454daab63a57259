"""Planted bugs: one small edit each, made in a copy of the exercises, that ``bench run`` must notice by itself.

A file ``exNN.toml`` beside this one lists them:

    [[plant]]
    name = "the slope of LeakyReLU is forgotten"
    kind = "missing term"
    file = "ex07_iris_by_hand/network.py"      # below plugins/bench_exercises, or "kit/…" below bench
    old = "delta = (delta @ W) * self.slope(z)"
    new = "delta = (delta @ W)"
    run = ["ex07.b"]
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Literal, get_args

from bench.model import Run

ROOT = Path(__file__).parents[2]
EXERCISES = Path("plugins/bench_exercises")
Kind = Literal["sign", "factor", "axis", "missing term", "constant", "wrong order", "not a number", "reported quantity"]
KINDS = get_args(Kind)
NOTICED = 1
"""The exit code of a run in which a claim does not hold, variants disagree or a case fails."""

MOST = 5
"""Exercises in a run: a slow machine that is busy besides has five minutes for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One bug: ``old``, which stands once in ``file``, becomes ``new``; ``run`` are the parts that should notice."""

    name: str
    kind: Kind
    file: str
    old: str
    new: str
    run: list[str]

    @property
    def path(self) -> Path:
        """Below the root of the checkout."""
        return Path("bench", self.file) if self.file.startswith("kit/") else EXERCISES / self.file

    @property
    def exercise(self) -> str:
        """Whose file it changes; none where it is the kit's."""
        return "" if self.file.startswith("kit/") else self.file[:4]

    def planted(self, source: str) -> str:
        """The source with the bug in it. Raises ``ValueError`` unless its place is found exactly once, and where the
        result is no Python or the same."""
        if source.count(self.old) != 1:
            raise ValueError(f"{self.file} has {source.count(self.old)} times, and not once: {self.old}")
        changed = source.replace(self.old, self.new)
        if ast.dump(ast.parse(changed)) == ast.dump(ast.parse(source)):
            raise ValueError(f"{self.file} computes the same with: {self.new}")
        return changed


def plants(folder: Path = Path(__file__).parent) -> list[Plant]:
    """Every planted bug of every list."""
    return [
        Plant(**entry) for path in sorted(folder.glob("*.toml")) for entry in tomllib.loads(path.read_text())["plant"]
    ]


def together(plants: Iterable[Plant]) -> list[tuple[Plant, ...]]:
    """Those that one run tries: of each exercise one at most, so that what goes wrong in that is its doing. One in the
    kit, which exercises share, is alone, and so is one whose run has options.

    They share the start of torch and the drawing of pages.
    """
    alone, shared = [], dict[str, list[Plant]]()
    for plant in plants:
        if plant.exercise and all(part.startswith(plant.exercise) for part in plant.run):
            shared.setdefault(plant.exercise, []).append(plant)
        else:
            alone.append((plant,))
    rounds = (filter(None, some) for some in zip_longest(*shared.values()))
    return [*(some for each in rounds for some in batched(each, MOST)), *alone]


def batched(plants: Iterable[Plant], most: int) -> Iterator[tuple[Plant, ...]]:
    rest = iter(plants)
    while some := tuple(islice(rest, most)):
        yield some


def unnoticed(plants: Sequence[Plant], run: Run) -> list[Plant]:
    """Those of whose parts all went well in a run."""
    wrong = {record.case.exercise for record in run.records if not record.passed}
    return [plant for plant in plants if not wrong & {part.partition(".")[0] for part in plant.run}]


def run_with(plants: Sequence[Plant], folder: Path) -> subprocess.CompletedProcess[str]:
    """``bench run`` in profile smoke on a copy of bench and its exercises that has the bugs; its results are in
    ``folder / "results"``."""
    for top in ("bench", str(EXERCISES)):
        shutil.copytree(ROOT / top, folder / top)
    for plant in plants:
        path = folder / plant.path
        path.write_text(plant.planted(path.read_text()))
    asked = dict.fromkeys(part for plant in plants for part in plant.run)
    places = {
        "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'plugins'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "BENCH_CACHE": str(folder / "cache"),
        "BENCH_LOCKS": str(folder / "locks"),
    }
    return subprocess.run(
        [sys.executable, "-m", "bench", "run", *asked, "--profile", "smoke", "-o", str(folder / "results")],
        cwd=folder,
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        timeout=900,
    )
