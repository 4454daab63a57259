"""A stored run in a notebook: ``bench.load(path)``."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import UsageError, did_you_mean
from bench.formats.rows import OF, Of
from bench.model import Run
from bench.results import named, store

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRun(Run):
    """A run as it was stored: all of its fields, and its rows as a frame."""

    def frame(self, of: Of = "records") -> pd.DataFrame:
        """One row for each of its ``records``, timed ``samples``, ``claims`` or ``metrics``: times in seconds, sizes in
        bytes. ``docs/formats.md`` tells the columns.

        Raises ``Missing`` where pandas is not installed, ``UsageError`` for another word.
        """
        from bench.formats import table

        if of not in OF:
            raise UsageError(f"a frame is of {', '.join(OF)}, not of {of!r}{did_you_mean(str(of), OF)}")
        return table.frame(self, of)


def load(path: str | os.PathLike[str], *, root: str | os.PathLike[str] = "results") -> LoadedRun:
    """The run in a folder or a ``run.json``; what ``bench compare`` takes does too:
    the name of a run in ``root``, a beginning of it, ``latest``, ``latest~1``, a baseline.

    Raises ``NothingMatched`` where there is none, ``StoreError`` for a file that is not a whole run.
    """
    run = store.read(named.resolve(os.fspath(path), Path(root)))
    return LoadedRun(**{field.name: getattr(run, field.name) for field in fields(Run)})
