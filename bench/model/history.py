"""What is kept of many runs together: of each the surroundings, and of each case one number a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench.model.case import Case
from bench.model.declared import Profile
from bench.model.recorded import Environment

Quantity = Literal["time", "memory"]
"""Seconds a call, or the peak in bytes."""
SHORT = 9
"""Letters of a commit that people read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One quantity of one case in one run: the median of its processes, the lowest and the highest. The case has seed
    0: seeds are repetitions, and share a number. ``place`` is that of ``Run.places``."""

    case: Case
    quantity: Quantity
    value: float
    low: float
    high: float
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A stored run without its records, or what was done of it on one of its places. ``id`` is the name of its folder,
    ``created`` an ISO time in UTC; ``place`` is empty for a run of one place."""

    id: str
    created: str
    profile: Profile
    environment: Environment
    place: str = ""

    @property
    def name(self) -> str:
        """Its id, with its place where the run has several."""
        return f"{self.id} on {self.place}" if self.place else self.id

    @property
    def commit_words(self) -> str:
        """Such as ``3f2a1b9c0``, with a ``+`` where there were changes that no commit has; empty without a commit."""
        commit = self.environment.commit[:SHORT]
        return f"{commit}+" if commit and self.environment.dirty else commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One quantity of one case, run by run: columns of one length. ``runs`` are places in ``History.runs``, each once
    and in no order."""

    case: Case
    runs: tuple[int, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The runs that have an exercise, the oldest first, and what they measured of it."""

    runs: tuple[PastRun, ...] = ()
    tracks: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """The folder of a run that has no place in the history, and why."""

    folder: str
    reason: str
