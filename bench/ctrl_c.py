"""Ctrl-C, and what it may not cut in two.

Python raises ``KeyboardInterrupt`` between any two instructions of the main thread: also where a lock of `threading` or
`concurrent.futures` has just been taken, which nobody gives back then. Of 1,500 processes that waited by
``concurrent.futures.wait`` and were sent SIGINT twice within 0.2 ms, 2 hung for ever and 7 died of a lock that was not
held (Python 3.11, 2 cores). So whoever takes such locks, or changes two things that belong together, is ``held``: what
comes meanwhile is raised at the end. Whoever waits for a thread waits here, and is woken.
"""

from __future__ import annotations

import os
from contextlib import ContextDecorator
from queue import SimpleQueue
from threading import get_ident, main_thread
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
INTERRUPTED = 130
"""The exit status of a command that was asked to end, however it was asked."""
PATIENCE = 3
"""How often it may be asked while something is held: once more, and it ends there and then. It has hung."""
WOKEN = object()
MAIN = main_thread().ident


class _Main:
    """The main thread: within how many things that are held it is, how often it was asked to end since, and where it
    waits."""

    depth = 0
    asked = 0
    waits_at: SimpleQueue[Any] | None = None


_main = _Main()


def ask(number: int, frame: object) -> None:
    """The handler of a signal that asks this process to end."""
    if not _main.depth:
        _raise()
    _main.asked += 1
    if _main.asked > PATIENCE:
        os._exit(INTERRUPTED)
    if _main.waits_at is not None:
        _main.waits_at.put(WOKEN)  # the only queue of Python's that may be written to from anywhere


class _Held(ContextDecorator):
    """What asks this process to end meanwhile is raised as ``KeyboardInterrupt`` at the end of this. It has to be
    short. In another thread than the main one, where signals are not heard, it is nothing."""

    def __enter__(self) -> None:
        if get_ident() == MAIN:
            _main.depth += 1

    def __exit__(self, *error: object) -> None:
        if get_ident() == MAIN:
            _main.depth -= 1
            if _main.asked and not _main.depth:
                _raise()


held = _Held()


def next_of(queue: SimpleQueue[Item]) -> Item:
    """What is put into a queue next, by whichever thread. Raises ``KeyboardInterrupt``, also within what is held."""
    if get_ident() != MAIN:
        return queue.get()
    with held:
        _main.waits_at = queue
        try:
            while True:
                if _main.asked:  # before too: it may have come just before this was waited for
                    _raise()
                item = queue.get()
                if item is not WOKEN:
                    return item
        finally:
            _main.waits_at = None


@held
def put_when_done(future: Future[Item], queue: SimpleQueue[Future[Item]]) -> None:
    """Once it is there, nobody else needs the lock of the future: ``future.result()`` may be broken off."""
    future.add_done_callback(queue.put)


def result(future: Future[Item]) -> Item:
    """As ``future.result()``."""
    done: SimpleQueue[Future[Item]] = SimpleQueue()
    put_when_done(future, done)
    return next_of(done).result()


def _raise() -> NoReturn:
    _main.asked = 0
    raise KeyboardInterrupt
