"""A process that ends when whoever started it is gone: it holds on to the other end of its stdin.

A worker that is killed leaves what it has started behind; its shard would be done a second time beside it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

GONE = 143
"""The exit status, as after SIGTERM."""


def leash(end: Callable[[int], object] = os._exit) -> Thread:
    """End this process at once when stdin closes. Its warm processes notice that, and end what they have forked."""
    watcher = Thread(target=_hold, args=(end,), name="bench-leash", daemon=True)
    watcher.start()
    return watcher


def _hold(end: Callable[[int], object]) -> None:
    # Without a stdin, or with one that cannot be read, there is nobody at the other end.
    with suppress(OSError, ValueError, AttributeError):
        while sys.stdin.buffer.read(4096):
            pass
    end(GONE)
