"""The live numbers of one run, for an answer in a terminal."""

from __future__ import annotations

from collections.abc import Callable

from bench.analysis import families
from bench.model import Run
from bench.report import summary
from bench.report.answers import live
from bench.report.answers.live import Shown
from bench.report.answers.pieces import Reference


def resolver(run: Run, exercise: str) -> Callable[[Reference], Shown]:
    """What a call in the answer of an exercise is in a run that has records of it."""
    info = next(each for each in summary.exercises(run) if each.id == exercise)
    family = families.of_run(run)

    def resolve(reference: Reference) -> Shown:
        return live.look_up(reference, run, info, family)

    return resolve
