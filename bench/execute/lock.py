"""One run at a time on a device: a second one waits, and says for whom. Each GPU is a device of its own.

By ``flock`` itself: the package filelock refuses a file that is another user's, and here users wait for each other.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from bench.errors import BenchError

EVERYONE = stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
"""Of the files in the folder: two users wait for each other, and neither is refused."""
GPU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""An id that may be part of a file's name."""
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
def locked(devices: Iterable[str], who: str, say: Callable[[str], None], gpu: str = "") -> Iterator[None]:
    """Hold the lock of every device, taken in one order so that two runs cannot wait for each other.

    :param who: what the next one in the queue is told
    :param say: is told once whom this one waits for
    :param gpu: the id of the GPU that ``cuda`` is here; who does not know it keeps all GPUs of the machine
    """
    folder = lock_folder()
    with ExitStack() as held:
        for device in sorted(devices):
            known = device == "cuda" and GPU.fullmatch(gpu)
            # Beside the others that know theirs, but not beside one that does not.
            held.enter_context(_hold(folder / f"{device}.lock", who, say, alone=not known))
            if known:
                held.enter_context(_hold(folder / f"{device}-{gpu}.lock", who, say))
        yield


@contextmanager
def _hold(path: Path, who: str, say: Callable[[str], None], *, alone: bool = True) -> Iterator[None]:
    with ExitStack() as open_files:
        try:
            share(path.parent)
            lock = open_files.enter_context(os.fdopen(opened(path), "r+", errors="replace"))
            take(lock, path.stem, say, alone=alone)
            lock.truncate(0)
            lock.seek(0)
            lock.write(who)  # it is never removed: it counts only while the lock is held
            lock.flush()
        except OSError as error:
            raise BenchError(
                f"no lock can be kept in {path.parent}: {error.strerror}; set BENCH_LOCKS to a folder"
            ) from error
        yield


def take(lock: IO[str], device: str, say: Callable[[str], None], *, alone: bool = True) -> None:
    """The system gives the lock back when the file is closed, however the process ends."""
    how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)  # without waiting at first, so that a wait can be announced
    except BlockingIOError:
        say(f"waiting for the {device}: held by {lock.read() or 'another run'}")
        fcntl.flock(lock, how)


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
