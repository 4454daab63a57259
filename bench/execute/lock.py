"""One run at a time on a device: a second one waits, and says for whom.

By ``flock`` itself: the package filelock refuses a file that is another user's, and here users wait for each other.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

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
    with ExitStack() as open_files:
        try:
            share(folder)
            lock = open_files.enter_context(os.fdopen(opened(folder / f"{device}.lock"), "r+", errors="replace"))
            take(lock, device, say)
            lock.truncate(0)
            lock.seek(0)
            lock.write(who)  # it is never removed: it counts only while the lock is held
            lock.flush()
        except OSError as error:
            raise BenchError(
                f"no lock can be kept in {folder}: {error.strerror}; set BENCH_LOCKS to a folder"
            ) from error
        yield


def take(lock: IO[str], device: str, say: Callable[[str], None]) -> None:
    """The system gives the lock back when the file is closed, however the process ends."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # without waiting at first, so that a wait can be announced
    except BlockingIOError:
        say(f"waiting for the {device}: held by {lock.read() or 'another run'}")
        fcntl.flock(lock, fcntl.LOCK_EX)


def share(folder: Path) -> None:
    """Make the folder, if it is not there, for everyone."""
    try:
        folder.mkdir(parents=True)
        folder.chmod(STICKY)  # apart, as mkdir() takes away what the user's umask does
    except FileExistsError:
        if not folder.is_dir():
            raise


def opened(path: Path) -> int:
    """A file of everyone's. Links are not followed: anyone may have put one there."""
    flags = os.O_RDWR | os.O_NOFOLLOW
    try:
        # Without O_CREAT at first: where everyone may write, Linux refuses it for a file that is another user's.
        return os.open(path, flags)
    except FileNotFoundError:
        pass
    try:
        handle = os.open(path, flags | os.O_CREAT | os.O_EXCL, EVERYONE)
    except FileExistsError:
        return os.open(path, flags)
    os.fchmod(handle, EVERYONE)
    return handle
