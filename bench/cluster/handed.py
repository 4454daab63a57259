"""What a run's folder holds for whoever does its shards: the plan, the cut, the engine, and what was handed to it.

``journal.jsonl`` is the plan, ``shards.json`` the cut; ``handed.jsonl`` has a line for every shard that was given to
the engine. Only the submitter writes them, and nobody appends to a file that another process may have open.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from bench import plain_file
from bench.cluster.shards import Needs, Shard
from bench.errors import UsageError
from bench.model import Plan
from bench.results import journal, store

SHARDS = "shards.json"
HANDED = "handed.jsonl"
SCHEMA = 1
MOST = 16 * 2**20
"""Bytes of that list, which has a line for every shard that was given out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A shard as it is kept: its tasks by their places in the plan."""

    tasks: tuple[int, ...]
    needs: Needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The content of ``shards.json``. ``engine`` is what ``--on`` named, with its ``address`` and ``options``."""

    schema: int = SCHEMA
    engine: str
    address: str = ""
    options: dict[str, str] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Handed:
    """A shard was given to the engine, which calls it ``handle``."""

    shard: int
    handle: str


def is_cut(run: Path) -> bool:
    """Whether the run is done in shards."""
    return (run / SHARDS).is_file()


def keep(run: Path, cut: Cut) -> None:
    """Raises ``StoreError`` where the disk refuses."""
    path = run / SHARDS
    try:
        store.replace_file(path, store.encode(cut) + b"\n")
    except OSError as error:
        raise store.refusal(error, path, "then start again") from error


def pieces(plan: Plan, shards: Iterable[Shard]) -> tuple[Piece, ...]:
    """Shards as they are kept."""
    place = {task: number for number, task in enumerate(plan.tasks)}
    return tuple(Piece(tasks=tuple(place[task] for task in shard.tasks), needs=shard.needs) for shard in shards)


def read(run: Path) -> tuple[Plan, Cut, tuple[Shard, ...]]:
    """Raises ``StoreError`` for a folder that has no plan or no cut, or one of another bench."""
    plan, path = journal.read(run).plan, run / SHARDS
    try:
        cut = store.decode(plain_file.read(path), Cut)
    except FileNotFoundError as error:
        raise store.StoreError(f"{run} is no run in shards: `bench run --on` makes one") from error
    except OSError as error:
        raise store.StoreError(f"{path} cannot be read: {error.strerror or error}") from error
    except store.StoreError as error:
        raise store.StoreError(f"{path}: {error}") from error
    if cut.schema != SCHEMA:
        raise store.StoreError(f"{path}: written by schema {cut.schema}, this bench reads {SCHEMA}: upgrade bench")
    return plan, cut, _whole(path, plan, cut)


def _whole(path: Path, plan: Plan, cut: Cut) -> tuple[Shard, ...]:
    if sorted(number for piece in cut.pieces for number in piece.tasks) != list(range(len(plan.tasks))):
        raise store.StoreError(f"{path}: its shards are not those of the plan beside it; start the run again")
    return tuple(
        Shard(number=number, tasks=tuple(plan.tasks[index] for index in piece.tasks), needs=piece.needs)
        for number, piece in enumerate(cut.pieces)
    )


def shard(shards: Sequence[Shard], number: int) -> Shard:
    """Raises ``UsageError`` for a number that the run does not have."""
    if not 0 <= number < len(shards):
        raise UsageError(f"there is no shard {number}: the run has {len(shards)}, counted from 0")
    return shards[number]


def note(run: Path, handles: Mapping[int, str]) -> None:
    """Keep which handles the engine gave to shards: without them nobody could ask for these any more."""
    path = run / HANDED
    lines = b"".join(store.encode(Handed(number, handle)) + b"\n" for number, handle in handles.items())
    try:
        with plain_file.grown(path) as file:
            # Behind half a line that a kill has left, the first of these would be lost with it.
            file.write((b"" if _ends_well(file) else b"\n") + lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise store.refusal(error, path, store.resuming(run)) from error


def _ends_well(file: BinaryIO) -> bool:
    if not file.seek(0, os.SEEK_END):
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def handles(run: Path) -> dict[int, str]:
    """The last handle of every shard that was given away. A line that a kill cut off is passed over."""
    try:
        lines = plain_file.read(run / HANDED, MOST).split(b"\n")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise store.StoreError(f"{run / HANDED} cannot be read: {error.strerror or error}") from error
    found: dict[int, str] = {}
    for line in filter(None, lines):
        try:
            entry = store.decode(line, Handed)
        except store.StoreError:
            continue
        found[entry.shard] = entry.handle
    return found
