"""What inputs may not do: hang, write elsewhere, start a process, take the memory, raise what is no ``BenchError``."""

from __future__ import annotations

import errno
import os
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bench.errors import BenchError
from tests import drawing_once
from tests.bad_input.kinds import KINDS

SECONDS = 60
"""Longer than any input takes by a hundred, on a busy machine: what hangs is named."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGING = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "os.truncate", "os.chmod")
STARTING = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn")
_watched: list[str] = []
_outside: list[str] = []
_heard: list[bool] = []


def _hear(event: str, details: tuple[Any, ...]) -> None:
    """Whatever would be changed elsewhere stays as it is, and is told."""
    if not _watched:
        return
    if event in STARTING:
        _outside.append(f"{event} {details[0]}")
    writes = event == "open" and isinstance(details[2], int) and details[2] & WRITING
    if (writes or event in CHANGING) and isinstance(details[0], str | bytes | os.PathLike):
        place = os.path.abspath(os.fsdecode(details[0]))  # noqa: PTH100 - a hook must not make more of it than a text
        if not place.startswith((*_watched, "/dev/")):
            _outside.append(f"{event} {place}")
            raise PermissionError(errno.EACCES, "what is bad writes nothing there", place)


@contextmanager
def fenced(folder: Path) -> Iterator[list[str]]:
    """Gives what was done outside of a folder, so far."""
    if not _heard:
        sys.addaudithook(_hear)  # there is no way to take one away
        _heard.append(True)
    _outside.clear()
    # What is imported within is compiled, and Python would keep that beside its source.
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    _watched.append(str(folder))
    try:
        yield _outside
    finally:
        _watched.clear()
        sys.dont_write_bytecode = kept


class Hangs(BaseException):
    """No reader catches it."""


def _too_long(number: int, frame: FrameType | None) -> None:
    raise Hangs


@contextmanager
def in_time(seconds: int = SECONDS) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def quiet(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """A place for inputs, where nothing is drawn."""
    for name in ("BENCH_CACHE", "XDG_CACHE_HOME"):
        patch.setenv(name, str(folder / "cache"))
    patch.setenv("BENCH_LOCKS", str(folder / "locks"))
    drawing_once.sketch(patch)
    patch.setattr("bench.report.page.bundle.vega", lambda: "")
    (folder / "here").mkdir()
    patch.chdir(folder / "here")
    return folder / "here"


def fault(kind: str, seed: int, folder: Path) -> str:
    """What went wrong with one input; empty where it was taken, or refused in one line."""
    try:
        with in_time():
            KINDS[kind].give(random.Random(seed), folder)
    except BenchError as error:
        return f"a message of several lines: {error}" if "\n" in str(error).strip() else ""
    except (Exception, Hangs) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def faults(kind: str, count: int, folder: Path) -> list[str]:
    """What went wrong with inputs of a kind, each with the seed that makes it again."""
    KINDS[kind].around(folder)
    with fenced(folder.parent) as outside:
        told = [f"{kind} {seed}: {wrong}" for seed in range(count) if (wrong := fault(kind, seed, folder))]
        return told if KINDS[kind].typed else told + [f"{kind}: {event}" for event in outside]
