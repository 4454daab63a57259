"""Whose turn it is on a host: what is timed is there alone, what is not goes side by side.

A scheduler that gives work to processes knows nothing of hosts: two of its workers may be on one.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.execute.lock_files import claimed

LOCK = "host.lock"
PAUSE = 0.2
"""Seconds between two attempts."""


class Unwanted(Exception):
    """Nobody waits for it any more."""


@contextmanager
def turn(*, alone: bool, wanted: Callable[[], bool], pause: Callable[[float], None] = time.sleep) -> Iterator[int]:
    """The turn is had for as long as the file that this gives is open in any process: a child that inherits it keeps
    it until it ends, whatever becomes of this one. Raises ``Unwanted`` once it is not ``wanted`` any more, and
    ``OSError`` where no lock can be kept."""
    lock = claimed(LOCK, _silent)
    try:
        while not _taken(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
            if not wanted():
                raise Unwanted
            pause(PAUSE)
        yield lock
    finally:
        os.close(lock)


def _silent(text: str) -> None:
    """Nobody reads what a worker says of its locks."""


def _taken(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
