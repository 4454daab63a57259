"""The commands that an engine is given: ``bench work``, by the interpreter that runs this."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OneShard:
    """``command`` without its number would do any shard of the run."""

    command: list[str]
    number: int


def program() -> list[str]:
    """``bench work``; nodes see the same environment. A folder ``bench`` where somebody typed the command, such as
    that of another clone, is not taken for this one (``-P``)."""
    return [sys.executable, "-P", "-m", "bench", "work"]


def of_shard(run: Path, number: int) -> list[str]:
    return [*program(), str(run.resolve()), str(number)]


def of_probe(folder: Path, data: str, threads: int) -> list[str]:
    """What says into a folder what the machine is."""
    return [*program(), "--probe", str(folder.resolve()), "--data", data, "--threads", str(threads)]


def numbered(command: Sequence[str]) -> OneShard | None:
    """Nothing for a command that does something else."""
    *rest, number = command
    does_one = rest[:-1] == program() and number.isdecimal()
    return OneShard(rest, int(number)) if does_one else None
