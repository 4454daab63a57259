"""The pages are there, but not all that belongs on them: who only sees an exit code has to hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.errors import BenchError


class Undrawn(BenchError):
    """Raised by a report once its files are ``written``, boxes in the places of what could not be drawn."""

    def __init__(self, reasons: Sequence[str], written: Sequence[Path]) -> None:
        what = f"{len(reasons)} charts or pages" if len(reasons) > 1 else "a chart or page"
        super().__init__(f"{what} could not be drawn, and a box says so in its place: {reasons[0]}")
        self.written = tuple(written)
