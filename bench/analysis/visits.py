"""The axis of a history: runs in the order of commits, of versions or of devices, and where surroundings changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.model.history import PastRun

By = Literal["commit", "torch", "device"]
FREE: dict[By, tuple[str, ...]] = {
    "commit": (),
    "torch": ("torch", "cuda"),
    "device": ("cpu", "cores", "gpu", "driver", "cuda"),
}
"""What may differ within a series; a wheel of torch brings its CUDA with it."""
LONGEST = 48
"""Letters of a value in the words of a mark."""

Setting = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One place on the axis: a run, and the device where the axis is of devices."""

    run: PastRun
    device: str = ""

    @property
    def where(self) -> str:
        """The device by its model: "cuda: NVIDIA H200"; empty where the axis is of something else."""
        place = self.run.environment
        return f"{self.device}: {place.cpu if self.device == 'cpu' else place.gpu}" if self.device else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Surroundings that were not there before begin at the visit ``at``; the words say what differs."""

    at: int
    words: str


def setting(visit: Visit, matters: Iterable[str], by: By) -> Setting:
    """What all runs of a series share: those fields of the environment that move a measurement, but for what the
    question is about."""
    place = visit.run.environment
    return tuple((name, str(getattr(place, name))) for name in matters if name not in FREE[by])


def ordered(visits: Sequence[Visit], by: By, places: Mapping[str, int]) -> list[int]:
    """The numbers of visits, the first on the axis first: by commit, where ``places`` are those that a repository has.

    A run whose commit is not among them comes after the run of a known one that was made before it.
    """
    ranks = _ranks(visits, places)
    if by == "torch":
        keys = [(_version(visit.run.environment.torch), rank) for visit, rank in zip(visits, ranks, strict=True)]
        return sorted(range(len(visits)), key=lambda number: keys[number])
    # The CPU stands first, as everywhere.
    names = [(visit.device != "cpu", visit.where) for visit in visits]
    return sorted(range(len(visits)), key=lambda number: (names[number], ranks[number]))


def _ranks(visits: Sequence[Visit], places: Mapping[str, int]) -> list[tuple[int, str, str]]:
    before, found = -1, {}
    for number in sorted(range(len(visits)), key=lambda number: (visits[number].run.created, visits[number].run.name)):
        run = visits[number].run
        before = places.get(run.environment.commit, before)
        found[number] = (before, run.created, run.name)
    return [found[number] for number in range(len(visits))]


def _version(text: str) -> tuple[tuple[int, int, str], ...]:
    """2.9 comes before 2.11."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", text[:LONGEST])
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces)


def marks(visits: Sequence[Visit], matters: Sequence[str]) -> Iterator[Mark]:
    """Where surroundings begin that no visit before had."""
    seen: set[tuple[str, ...]] = set()
    last: dict[str, str] = {}
    for at, visit in enumerate(visits):
        here = {name: str(getattr(visit.run.environment, name)) for name in matters}
        here |= {"device": visit.where} if visit.device else {}
        if tuple(here.values()) not in seen:
            seen.add(tuple(here.values()))
            if last:
                yield Mark(at, ", ".join(_differing(last, here)))
        last = here


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name, value in new.items():
        if value != old.get(name, ""):
            yield f"{name} {_short(old.get(name, ''))} → {_short(value)}"


def _short(value: str) -> str:
    return (value if len(value) <= LONGEST else f"{value[:LONGEST]}…") or "none"
