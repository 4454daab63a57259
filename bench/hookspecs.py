"""The hooks. A plugin is a module that implements some of them with ``@hookimpl``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from bench.model import Exercise, Record, Run

PROJECT = "bench"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec(firstresult=True)
def bench_exercise() -> Exercise | None:
    """Return the exercise that this module holds.

    Called once, in the process that runs the exercise, right after the import. It must not compute anything.
    """


@hookspec
def bench_variants(exercise: str, part: str) -> Mapping[str, Callable[..., Callable[[], Any]]] | None:
    """Add variants to a comparison from outside: ``{name: setup}``.

    Called before anything runs, in a process of its own; and in one that measures, at every set-up.
    ``setup(lab, **parameters)`` has the signature of the comparison and returns one call without arguments, which must
    solve the problem that ``lab`` poses.

    :param exercise: the id of the exercise, such as ``ex07``
    :param part: the id of its part, such as ``b``
    """


@hookspec
def bench_measured(record: Record) -> None:
    """Learn of a record the moment it is complete.

    Called in the main process, once per record, after the record is safe on disk. What it raises is reported as one
    line and changes nothing.

    :param record: the finished record; frozen
    """


@hookspec
def bench_report(run: Run, folder: Path) -> Sequence[Path] | None:
    """Draw a report of a run and return the files that were written.

    Called in the main process when a run ends, and again by ``bench report``; it must depend on nothing but its
    arguments, and write nothing outside the folder.

    :param run: the whole run; frozen
    :param folder: the folder of the run, where ``run.json`` lies
    """
