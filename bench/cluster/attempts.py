"""Attempts at a shard: every one in a folder of its own, and the first that ends well is the one that counts.

``RUN/shards/NNNNN/<host>-<pid>-<time>/`` is a run's folder like any other, with a journal that one process writes.
Which attempt counts is said by ``done``, a file that only one of them can make, on a network disk too.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import BenchError
from bench.model import Environment
from bench.results import store
from bench.results.journal import JOURNAL
from bench.results.store import StoreError

DONE = "done"
REFUSED = "refused"
LOCK = "lock"
ATTEMPT = re.compile(r"[A-Za-z0-9._-]{1,80}-[0-9]{1,10}-[0-9]{1,20}")
LEASH = 30.0
"""Seconds that an attempt waits for another one's end: a process whose machine has died is gone within two."""
REASON = 500
"""Letters of a reason that are kept."""
SHORT = 8192
"""Bytes of a file that are read: no name is longer, nor a reason with its machine."""
AGAIN = "then try again"


class Busy(BenchError):
    """Somebody else is at this shard."""


def folder_of(run: Path, number: int) -> Path:
    """Where the attempts at a shard are."""
    return run / store.SHARDS / f"{number:05}"


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Raises ``StoreError`` where the disk refuses what is done to a path."""
    try:
        yield
    except OSError as error:
        raise store.refusal(error, path, AGAIN) from error


def begin(run: Path, number: int, host: str) -> Path:
    """A new folder, which no other attempt has. Raises ``StoreError`` where it cannot be made."""
    name = re.sub(r"[^A-Za-z0-9._]+", "-", host)[:60].strip("-.") or "host"
    attempt = folder_of(run, number) / f"{name}-{os.getpid()}-{time.time_ns()}"
    with written(attempt):
        attempt.mkdir(parents=True)
    return attempt


def attempts(run: Path, number: int) -> list[Path]:
    """Every attempt that has a journal, the newest first."""
    try:
        found = [path for path in folder_of(run, number).iterdir() if ATTEMPT.fullmatch(path.name)]
    except OSError:
        return []
    found = [path for path in found if not path.is_symlink() and (path / JOURNAL).is_file()]
    return sorted(found, key=lambda path: int(path.name.rpartition("-")[2]), reverse=True)


def finish(attempt: Path) -> bool:
    """Say that the shard is done; whether it is this attempt that counts. Raises ``StoreError`` where the disk
    refuses."""
    own, done = attempt / DONE, attempt.parent / DONE
    with written(done):
        store.replace_file(own, attempt.name.encode() + b"\n")
        first = _first(own, done)
        store.sync(attempt.parent)
    return first


def _first(own: Path, done: Path) -> bool:
    try:
        # One step that fails where the name is taken, also over NFS; the content is there before the name.
        os.link(own, done)
    except FileExistsError:
        # Over NFS an answer may be lost, and the question asked again: then it is our own name that is there.
        return done.samefile(own)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        return _taken(done, own.parent.name)  # a file system without links
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
    name = _short(home / DONE)
    # The name becomes a path: whatever else the file may hold is none.
    if not ATTEMPT.fullmatch(name) or (home / name).is_symlink() or not (home / name / store.RUN).is_file():
        return None
    return home / name


def _short(path: Path) -> str:
    """The beginning of a file; empty where there is none. A link, a pipe and a device are none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        data = os.read(handle, SHORT) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    except OSError:
        return ""
    finally:
        os.close(handle)
    return data.decode(errors="replace").strip()


def look_anew(run: Path, number: int) -> None:
    """Have a network disk show what others have written: it asks the server when a folder is opened, and for half a
    minute goes on saying of a file that was not there that it is not."""
    for folder in (run / store.SHARDS, folder_of(run, number)):
        with suppress(OSError):
            os.close(os.open(folder, os.O_RDONLY))


def disown(run: Path, number: int) -> None:
    """No attempt counts any more: the shard is to be done again, from what they have left."""
    done = folder_of(run, number) / DONE
    with written(done):
        done.unlink(missing_ok=True)


def set_aside(run: Path, number: int) -> None:
    """No attempt counts any more, and nothing is taken over from the one that did."""
    attempt = finished(run, number)
    disown(run, number)
    if attempt:
        with written(attempt):
            attempt.rename(attempt.with_name(f".{attempt.name}.aside"))


def refuse(run: Path, number: int, reason: str, where: Environment | None = None) -> None:
    """Say why a machine, and which, will not do a shard: where two do, the last one's word stays. Raises ``StoreError``
    where the disk refuses."""
    machine = store.encode(where) if where else b""
    home = folder_of(run, number)
    with written(home / REFUSED):
        home.mkdir(parents=True, exist_ok=True)
        store.replace_file(home / REFUSED, " ".join(reason.split()).encode(errors="replace")[:REASON] + b"\n" + machine)


def refusal(run: Path, number: int) -> str:
    """Why a machine would not do the shard; empty where none has refused it."""
    return _short(folder_of(run, number) / REFUSED).partition("\n")[0][:REASON]


def refuser(run: Path, number: int) -> Environment | None:
    """The machine that would not do the shard, as far as it is known."""
    _, _, machine = _short(folder_of(run, number) / REFUSED).partition("\n")
    with suppress(StoreError):
        return store.decode(machine.encode(), Environment)
    return None


def forgive(run: Path, number: int) -> None:
    """Let the shard be tried again."""
    refused = folder_of(run, number) / REFUSED
    with written(refused):
        refused.unlink(missing_ok=True)


def busy(run: Path, number: int) -> bool:
    """Whether a process is at the shard now, whoever has started it. Never on a disk without locks."""
    try:
        handle = os.open(folder_of(run, number) / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return not _locked(handle)
    except OSError:
        return False
    finally:
        os.close(handle)  # and with it the lock


@contextmanager
def alone(
    run: Path, number: int, *, patience: float = LEASH, pause: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Be the only one at a shard. Raises ``Busy`` where another is, and stays longer than ``patience`` in seconds;
    ``StoreError`` where the disk refuses."""
    home = folder_of(run, number)
    with written(home / LOCK):
        home.mkdir(parents=True, exist_ok=True)
        lock = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    try:
        _wait(lock, f"shard {number} of {run.name}", patience, pause)
        yield
    finally:
        os.close(lock)  # and with it the lock


def _wait(lock: int, what: str, patience: float, pause: Callable[[float], None]) -> None:
    waited = 0.0
    while not _locked(lock):
        if waited >= patience:
            raise Busy(f"{what} is being done by another process")
        pause(0.2)
        waited += 0.2


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
