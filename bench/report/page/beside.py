"""What may lie beside the pages of a run, for them to link to or to show: a comparison, and what a sweep found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bench import plain_file
from bench.analysis import knee, largest
from bench.model import Run
from bench.report import swept
from bench.report.between import page as between
from bench.results import store
from bench.results.store import StoreError

MOST = 4 * 2**20
"""Bytes of a sweep's document that a page shows something of."""
ROWS = 300
"""Variants on a page: more nobody scrolls through."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a sweep says of one variant, as it was printed."""

    variant: str
    knee_in_words: str
    largest_in_words: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a page shows of ``sweep.json``; the tables and laws it has from the records. ``memory`` is what was to be
    fitted into, empty where nothing was searched."""

    run: str
    parameter: str
    memory: str
    variants: tuple[Line, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """How both were found."""
        return (knee.METHOD, largest.METHOD) if self.memory else (knee.METHOD,)


@dataclass(frozen=True, slots=True)
class Beside:
    """``compared`` is the page of the comparison that the run ended with, empty where there is none; ``files`` are
    names of documents."""

    compared: str = ""
    sweep: Sweep | None = None
    files: tuple[str, ...] = ()


NOTHING = Beside()


def of(folder: Path, run: Run) -> Beside:
    """What lies in a run's folder by now. A document that is another run's, or cannot be read, is not shown."""
    compared = between.PAGE if (folder / between.PAGE).is_file() else ""
    documents = (between.DOCUMENT, swept.DOCUMENT)
    return Beside(compared, _sweep(folder, run), tuple(name for name in documents if (folder / name).is_file()))


def _sweep(folder: Path, run: Run) -> Sweep | None:
    try:
        found = store.decode(plain_file.read(folder / swept.DOCUMENT, MOST), Sweep)
    except (OSError, StoreError):
        return None
    return replace(found, variants=_first(found.variants)) if found.run == run.id and found.variants else None


def _first(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    if len(lines) <= ROWS:
        return lines
    return (*lines[:ROWS], Line(f"… and {len(lines) - ROWS:,} more in {swept.DOCUMENT}", "", ""))
