"""One run at a time on a device: a second one waits, and says for whom."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.errors import BenchError

EVERYONE = stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
"""Of the files in the folder: two users wait for each other, and neither is refused."""
STICKY = stat.S_ISVTX | stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO
"""Of the folder: everyone may add a lock, and nobody may take away another's."""


def lock_folder() -> Path:
    """``$BENCH_LOCKS``, or one folder for all users among the machine's temporary files."""
    return Path(os.environ.get("BENCH_LOCKS") or Path(temporary(), "bench-locks"))


def temporary() -> Path:
    """The machine's own folder where it has one: ``$TMPDIR`` may be another for every user."""
    machine = Path("/tmp")
    return machine if os.name == "posix" and os.access(machine, os.W_OK) else Path(tempfile.gettempdir())


def user() -> str:
    """Who runs this: a name, or the number of one that has none, as in a container."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # the second from Python 3.13 on
        return str(os.getuid())


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
        share(folder)
        lock = FileLock(folder / f"{device}.lock", mode=EVERYONE)
        try:
            lock.acquire(timeout=0)  # without waiting at first, so that a wait can be announced
        except Timeout:
            say(f"waiting for the {device}: held by {_holder(note)}")
            lock.acquire()
        write(note, who)  # it is never removed: it counts only while the lock is held
    except OSError as error:
        raise BenchError(f"no lock can be kept in {folder}: {error.strerror}; set BENCH_LOCKS to a folder") from error
    try:
        yield
    finally:
        lock.release()


def share(folder: Path) -> None:
    """Make the folder, if it is not there, for everyone."""
    try:
        folder.mkdir(parents=True)
        folder.chmod(STICKY)  # apart, as mkdir() takes away what the user's umask does
    except FileExistsError:
        if not folder.is_dir():
            raise


def write(note: Path, text: str) -> None:
    """Replace what is said in a file of everyone's. Links are not followed: anyone may have put one there."""
    flags = os.O_WRONLY | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    try:
        # Without O_CREAT at first: where everyone may write, Linux refuses it for a file that is another user's.
        handle = os.open(note, flags)
    except FileNotFoundError:
        handle = os.open(note, flags | os.O_CREAT, EVERYONE)
        os.fchmod(handle, EVERYONE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _holder(note: Path) -> str:
    try:
        return note.read_text(encoding="utf-8")
    except OSError:
        return "another run"
