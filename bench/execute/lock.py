"""One run at a time on a device: a second one waits, and says for whom."""

from __future__ import annotations

import getpass
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.errors import BenchError


def lock_folder() -> Path:
    """``$BENCH_LOCKS``, or a folder of the user's among the machine's temporary files."""
    return Path(os.environ.get("BENCH_LOCKS") or Path(tempfile.gettempdir(), f"bench-locks-{getpass.getuser()}"))


@contextmanager
def locked(devices: Iterable[str], who: str, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of every device, taken in one order so that two runs cannot wait for each other.

    :param who: what the next one in the queue is told
    :param say: is told once whom this one waits for
    """
    with ExitStack() as held:
        for device in sorted(devices):
            held.enter_context(_hold(lock_folder(), device, who, say))
        yield


@contextmanager
def _hold(folder: Path, device: str, who: str, say: Callable[[str], None]) -> Iterator[None]:
    from filelock import FileLock, Timeout

    note = folder / f"{device}.holder"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{device}.lock")
        try:
            lock.acquire(timeout=0)  # without waiting at first, so that a wait can be announced
        except Timeout:
            say(f"waiting for the {device}: held by {_holder(note)}")
            lock.acquire()
        note.write_text(who, encoding="utf-8")  # it is never removed: it counts only while the lock is held
    except OSError as error:
        raise BenchError(f"no lock can be kept in {folder}: {error.strerror}; set BENCH_LOCKS to a folder") from error
    try:
        yield
    finally:
        lock.release()


def _holder(note: Path) -> str:
    try:
        return note.read_text(encoding="utf-8")
    except OSError:
        return "another run"
