"""The runs that are kept under version control, and which of them a page speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.model import ExerciseInfo, Run
from bench.report import summary
from bench.results import store

SHOWN = "quick"
"""The profile of what a page shows: what a reader's own first run is."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A run, and the folder where its ``run.json`` lies."""

    run: Run
    folder: Path


def runs_in(folder: Path) -> tuple[Kept, ...]:
    """Every run in a folder of runs, by name. Raises ``BenchError`` where there is none."""
    folders = sorted(path.parent for path in folder.glob(f"*/{store.RUN}"))
    if not folders:
        raise BenchError(f"{folder} holds no runs")
    return tuple(Kept(store.read(path), path) for path in folders)


def newest(kept: Sequence[Kept], exercise: str) -> Kept:
    """The newest finished quick run of an exercise. Raises ``BenchError`` where there is none."""
    having = [
        each
        for each in kept
        if each.run.profile == SHOWN
        and each.run.finished
        and any(record.case.exercise == exercise for record in each.run.records)
    ]
    if not having:
        raise BenchError(f"none of the {len(kept)} kept runs is a finished {SHOWN} run of {exercise}")
    return max(having, key=lambda each: each.run.created)


def current(runs: Sequence[Run]) -> Iterator[tuple[Run, ExerciseInfo]]:
    """Every exercise of every run, but for those that a newer run of the same profile has measured again as a whole."""
    for run in runs:
        newer = [other for other in runs if other.profile == run.profile and other.created > run.created]
        for exercise in summary.exercises(run):
            again = {part for other in newer for part in _parts(other, exercise.id)}
            if not _parts(run, exercise.id) <= again:
                yield run, exercise


def _parts(run: Run, exercise: str) -> set[tuple[str, str]]:
    """Parts on their devices: a run on a GPU is not made old by one on a CPU."""
    return {(record.case.part, record.case.device) for record in run.records if record.case.exercise == exercise}
