"""The journal: one line an observation, written the moment it is there, so that a kill loses one task at most.

A line is ``<crc32 of the JSON, 8 hex digits> <JSON>``; the first one is the plan. A later plan takes its place, with
exercises that were broken when the run began.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from zlib import crc32

from bench import plain_file
from bench.model import Observation, Plan, Task
from bench.results import bounds
from bench.results.store import StoreError, check, decode, encode, refusal, resuming, sync

T = TypeVar("T")
JOURNAL = "journal.jsonl"
BEGUN = f".{JOURNAL}.part"
"""The journal before it has its plan."""
DAMAGED = "journal.damaged"
PLAN = b'{"schema":'
"""How a plan begins, and no observation does."""
FLAGS = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a journal holds: the good lines, their ``size`` in bytes, what follows them, and a warning if any does."""

    plan: Plan
    observations: tuple[Observation, ...]
    size: int
    rest: bytes = b""
    warning: str = ""


@dataclass(slots=True)
class Journal:
    """Append-only, one fsync a line. ``warning`` says what `reopen` had to leave out.

    While it is open it is locked: nobody else goes on with the run. The system gives the lock back however the process
    ends.
    """

    path: Path
    handle: int
    size: int
    warning: str = ""

    @classmethod
    def create(cls, folder: Path, plan: Plan) -> Journal:
        """Begin a journal. ``StoreError`` if the folder has one already, or cannot be written."""
        path, part = folder / JOURNAL, folder / BEGUN
        try:
            handle = os.open(part, FLAGS | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError as error:
            raise _taken(path) from error
        except OSError as error:
            raise refusal(error, path, "then start again") from error
        journal = cls(path, handle, 0)
        try:
            _hold(handle, folder)
            if path.exists():
                raise _taken(path)
            journal._append(_line(plan), "then start again")
            # It has its name once the plan is on the disk: without one it could neither be resumed nor started again.
            part.rename(path)
            _sync_names(folder)
        except BaseException as error:
            journal.close()
            for each in (part, path) if journal.size else (part,):
                each.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise refusal(error, path, "then start again") from error
            raise
        return journal

    @classmethod
    def reopen(cls, folder: Path) -> tuple[Journal, Plan, tuple[Observation, ...]]:
        """Check every line and go on after the last good one. A last line that a kill cut off, or a damaged line with
        all that follows it, is moved to ``journal.damaged`` and told in ``warning``.

        Raises ``StoreError`` too where another process has it open.
        """
        path = folder / JOURNAL
        try:
            handle = os.open(path, FLAGS)
        except FileNotFoundError as error:
            raise StoreError(nothing(path)) from error
        except OSError as error:
            raise refusal(error, path, resuming(folder)) from error
        try:
            # Before it is read: what another process adds meanwhile would be done, and kept, twice.
            _hold(handle, folder)
            content = read(folder)
            if content.rest:
                _set_aside(path, content)
        except BaseException as error:
            os.close(handle)
            if isinstance(error, OSError):
                raise refusal(error, path, resuming(folder)) from error
            raise
        return cls(path, handle, content.size, content.warning), content.plan, content.observations

    def append(self, observation: Observation) -> None:
        """Returns once the line is on the disk. If the disk refuses, the journal stays as it was: ``StoreError``."""
        self._append(_line(observation), resuming(self.path.parent))

    def replan(self, plan: Plan) -> None:
        """Go on by another plan, as `append` keeps an observation; what was observed before must be part of it."""
        self._append(_line(plan), resuming(self.path.parent))

    def _append(self, line: bytes, then: str) -> None:
        try:
            _write_all(self.handle, line)
            os.fsync(self.handle)
        except BaseException as error:
            # Half a line would have the next reader set aside all that follows it.
            with suppress(OSError):
                os.ftruncate(self.handle, self.size)
            if isinstance(error, OSError):
                raise refusal(error, self.path, then) from error
            raise
        self.size += len(line)

    def close(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _taken(path: Path) -> StoreError:
    return StoreError(f"{path} is there already: `bench run --resume {path.parent.name}` goes on with it")


def _sync_names(folder: Path) -> None:
    """The journal is on the disk; its name is in the folder, which is written apart, and the folder's in another."""
    sync(folder)
    for each in (folder.parent, folder.parent.parent):
        with suppress(OSError):  # of others, and not to be read
            sync(each)


def nothing(path: Path) -> str:
    return f"{path}: no such file; there is no run to go on with"


def _hold(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StoreError(f"{folder.name} is still running: wait for it, or stop it and then go on with it") from error
    except OSError:
        pass  # a network disk without locks


def _line(value: object) -> bytes:
    data = encode(value)
    return b"%08x %s\n" % (crc32(data), data)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        # write(2) may take less than it was given, as when the disk fills up.
        data = data[os.write(handle, data) :]


def _set_aside(path: Path, content: Content) -> None:
    """Move what follows the good lines into a file of its own: the copy is safe before the journal is cut."""
    aside = path.with_name(DAMAGED)
    try:
        with plain_file.grown(aside) as file:
            file.write(content.rest)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise refusal(error, aside, resuming(path.parent)) from error
    os.truncate(path, content.size)


def read(folder: Path) -> Content:
    """The good lines of a journal, up to the first that is not; of several of one task the last, for a task that was
    done again replaces what it gave before. ``StoreError`` without a whole plan of our schema."""
    path = folder / JOURNAL
    try:
        data = plain_file.read(path)
    except FileNotFoundError as error:
        raise StoreError(nothing(path)) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}") from error
    # Bytes are split at \n and \r alone, and JSON has both escaped: a line is a line of ours.
    first, *lines = data.splitlines(keepends=True) or [b""]
    plan = _plan(first, path)
    observations: dict[Task, Observation] = {}
    size = len(first)
    for number, line in enumerate(lines, 2):
        if (body := _body(line)) is None:
            return Content(
                plan=plan,
                observations=tuple(observations.values()),
                size=size,
                rest=data[size:],
                warning=_warning(path, number, len(lines) + 1, line),
            )
        if body.startswith(PLAN):
            plan = _parse(body, Plan, path, number)
        else:
            observation = _parse(body, Observation, path, number)
            observations[observation.task] = observation
        size += len(line)
    return Content(plan=plan, observations=tuple(observations.values()), size=size)


def _body(line: bytes) -> bytes | None:
    """The JSON of a line, or None unless the line is whole and its checksum right."""
    checksum, body = line[:9], line[9:-1]
    return body if line.endswith(b"\n") and checksum == b"%08x " % crc32(body) else None


def _plan(line: bytes, path: Path) -> Plan:
    if (body := _body(line)) is None:
        raise StoreError(f"{path}: its first line is damaged, so there is nothing to go on from; start the run again")
    try:
        check(body)
    except StoreError as error:
        raise StoreError(f"{path}: {error}") from error
    return _parse(body, Plan, path, 1)


def _parse(body: bytes, kind: type[T], path: Path, number: int) -> T:
    """A line whose checksum is right but that does not fit was not damaged: another bench wrote it. Touch nothing."""
    try:
        value = decode(body, kind)
    except StoreError as error:
        raise StoreError(
            f"{path}, line {number}: written by another version of bench: {error}; start the run again"
        ) from error
    if wrong := bounds.wrong(value):
        raise StoreError(f"{path}, line {number}: {wrong}; start the run again")
    return value


def _warning(path: Path, number: int, lines: int, line: bytes) -> str:
    # The only damage that a kill leaves; anything else is the disk's or somebody's editor's.
    if number == lines and not line.endswith(b"\n"):
        return f"{path}: the last line was cut off in the middle; its task runs again"
    after = f"it and the {lines - number} after it are set aside in {DAMAGED}"
    return f"{path}: line {number} is damaged; {after}, their tasks run again"
