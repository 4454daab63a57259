"""Attempts at a shard: every one in a folder of its own, and the first that ends well is the one that counts.

``RUN/shards/NNNNN/<host>-<pid>-<time>/`` is a run's folder like any other, with a journal that one process writes.
Which attempt counts is said by ``done``, a file that only one of them can make, on a network disk too.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import BenchError
from bench.results import store
from bench.results.journal import JOURNAL

SHARDS = "shards"
DONE = "done"
REFUSED = "refused"
LOCK = "lock"
ATTEMPT = re.compile(r"[A-Za-z0-9._-]{1,80}-\d+-\d+")
LEASH = 30.0
"""Seconds that an attempt waits for another one's end: a process whose machine has died is gone within two."""


class Busy(BenchError):
    """Somebody else is at this shard."""


def folder_of(run: Path, number: int) -> Path:
    """Where the attempts at a shard are."""
    return run / SHARDS / f"{number:05}"


def begin(run: Path, number: int, host: str) -> Path:
    """A new folder, which no other attempt has. Raises ``StoreError`` where it cannot be made."""
    name = re.sub(r"[^A-Za-z0-9._]+", "-", host)[:60].strip("-.") or "host"
    attempt = folder_of(run, number) / f"{name}-{os.getpid()}-{time.time_ns()}"
    try:
        attempt.mkdir(parents=True)
    except OSError as error:
        raise store.refusal(error, attempt, "then try again") from error
    return attempt


def attempts(run: Path, number: int) -> list[Path]:
    """Every attempt that has a journal, the newest first."""
    try:
        found = [path for path in folder_of(run, number).iterdir() if ATTEMPT.fullmatch(path.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = [path for path in found if (path / JOURNAL).is_file()]
    return sorted(found, key=lambda path: int(path.name.rpartition("-")[2]), reverse=True)


def finish(attempt: Path) -> bool:
    """Say that the shard is done; whether it is this attempt that counts."""
    own, done = attempt / DONE, attempt.parent / DONE
    store.replace_file(own, attempt.name.encode() + b"\n")
    try:
        # One step that fails where the name is taken, also over NFS; the content is there before the name.
        os.link(own, done)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise store.refusal(error, done, "then try again") from error
        return _taken(done, attempt.name)  # a file system without links
    store.sync(attempt.parent)
    return True


def _taken(done: Path, name: str) -> bool:
    try:
        with done.open("x", encoding="utf-8") as file:
            file.write(name + "\n")
    except FileExistsError:
        return False
    return True


def finished(run: Path, number: int) -> Path | None:
    """The attempt that counts, once there is one."""
    home = folder_of(run, number)
    try:
        name = (home / DONE).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
    # The name becomes a path: whatever else the file may hold is none.
    return home / name if ATTEMPT.fullmatch(name) and (home / name / store.RUN).is_file() else None


def refuse(run: Path, number: int, reason: str) -> None:
    """Say why a machine will not do a shard: where two do, the last one's reason stays."""
    home = folder_of(run, number)
    home.mkdir(parents=True, exist_ok=True)
    store.replace_file(home / REFUSED, reason.encode(errors="replace") + b"\n")


def refusal(run: Path, number: int) -> str:
    """Why a machine would not do the shard; empty where none has refused it."""
    try:
        return (folder_of(run, number) / REFUSED).read_text(encoding="utf-8", errors="replace").strip()[:500]
    except OSError:
        return ""


def forgive(run: Path, number: int) -> None:
    """Let the shard be tried again."""
    (folder_of(run, number) / REFUSED).unlink(missing_ok=True)


@contextmanager
def alone(
    run: Path, number: int, *, patience: float = LEASH, pause: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Be the only one at a shard. Raises ``Busy`` where another is, and stays longer than ``patience`` in seconds."""
    home = folder_of(run, number)
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("ab") as lock:
        waited = 0.0
        while not _locked(lock.fileno()):
            if waited >= patience:
                raise Busy(f"shard {number} of {run.name} is being done by another process")
            pause(0.2)
            waited += 0.2
        try:
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_UN)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # A network disk without locks: attempts never mix all the same, at worst one is done for nothing.
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise
    return True
