"""The newest results of an exercise, or of one of its questions, among the runs of a folder."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from bench.errors import BenchError
from bench.model import Run
from bench.results import folders, store

LOOKED_AT = 8
"""Runs that are read, at most: one of a whole sheet has megabytes."""


def results_of(exercise: str, root: Path, question: str = "") -> Run | None:
    """The newest finished run that has records of an exercise, or of its question; those in profile smoke are no
    results.

    A run whose file cannot be read is passed over.
    """
    named = (folder for folder in folders.newest(root) if may_have(exercise, folder.name))
    for folder in islice(named, LOOKED_AT):
        try:
            run = store.read(folder)
        except BenchError:
            continue
        if run.finished and run.profile != "smoke" and has(run, exercise, question):
            return run
    return None


def has(run: Run, exercise: str, question: str = "") -> bool:
    """Whether a run has records of an exercise, or of its question: "a" has "a.speed"."""
    parts = {record.case.part for record in run.records if record.case.exercise == exercise}
    return any(not question or f"{part}.".startswith(f"{question}.") for part in parts)


def may_have(exercise: str, folder: str) -> bool:
    """Whether a run's folder is called after an exercise, or after many."""
    words = re.split(r"[-+.]", folder)
    return exercise in words or "all" in words
