"""One run at a time on a device: a second one waits, and says for whom. Each GPU is a device of its own.

By ``flock`` itself: the package filelock refuses a file that is another user's, and here users wait for each other.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

from bench.errors import UsageError
from bench.execute import lock_files

LONGEST = 300
"""Letters of what is said of a holder: the file may be anyone's."""
GPU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""An id that may be part of a file's name."""


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
    with ExitStack() as held:
        for device in sorted(devices):
            known = device == "cuda" and GPU.fullmatch(gpu)
            # Beside the others that know theirs, but not beside one that does not.
            held.enter_context(_hold(device, who, say, alone=not known))
            if known:
                held.enter_context(_hold(f"{device}-{gpu}", who, say))
        yield


@contextmanager
def _hold(name: str, who: str, say: Callable[[str], None], *, alone: bool = True) -> Iterator[None]:
    with ExitStack() as open_files:
        try:
            handle = lock_files.claimed(f"{name}.lock", say)
            lock = open_files.enter_context(os.fdopen(handle, "r+", errors="replace"))
            take(lock, name, say, alone=alone)
        except OSError as error:
            raise UsageError(
                f"no lock can be kept in {lock_files.lock_folder()}: {error.strerror or error}; "
                "set BENCH_LOCKS to a folder"
            ) from error
        # Never removed: it counts only while the lock is held, which it is on a full disk too.
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, who.encode(errors="replace"), 0)
        yield


def take(lock: IO[str], device: str, say: Callable[[str], None], *, alone: bool = True) -> None:
    """The system gives the lock back when the file is closed, however the process ends."""
    how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)  # without waiting at first, so that a wait can be announced
    except BlockingIOError:
        say(f"waiting for the {device}: held by {' '.join(lock.read(LONGEST).split()) or 'another run'}")
        fcntl.flock(lock, how)
