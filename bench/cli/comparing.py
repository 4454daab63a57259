"""The runs that a comparison is of, by whatever names they have on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.model import Run


class NotWhole(BenchError):
    """A run that was stopped, or whose numbers cannot be."""

    exit_code = 2


def read(name: str, results: Path) -> Run:
    """A whole run, by whatever name. Raises ``NothingMatched`` for a name that is none, and a ``BenchError`` of exit
    code 2 for a file that cannot be read, a run that was stopped, and numbers that cannot be."""
    from bench.results import named, store

    folder = named.resolve(name, results)
    if not (folder / store.RUN).is_file():
        raise NotWhole(f"{folder} is half a run, without {store.RUN}: `bench run --resume {folder.name}` ends it")
    run = store.read(folder)
    if not run.finished:
        raise NotWhole(f"{folder} was stopped before its end: `bench run --resume {folder.name}` ends it")
    return run
