"""Child processes of a call: whether there were any, and what private memory they had at most.

The meters of the resident size see their own process alone. ``ru_maxrss`` of children is no help: each begins with its
parent's peak. So children are looked at from a thread, and what they share with their parent does not count. The thread
takes memory of its own, so this is done in a call that no other meter weighs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import psutil

PAUSE = 0.002
"""Seconds between two looks: children that live for less may not be seen."""


@dataclass(frozen=True, slots=True)
class Kin:
    """The children of this process: those that live, and the page faults of all that have ended and were waited for."""

    living: frozenset[int]
    faults: int

    @classmethod
    def now(cls) -> Kin:
        living = frozenset(child.pid for child in psutil.Process().children(recursive=True))
        return cls(living, _faults_of_the_dead())


def _faults_of_the_dead() -> int:
    try:
        import resource
    except ImportError:  # not on Windows
        return 0
    # No process starts without a page fault.
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt


def peak(call: Callable[[], Any]) -> int:
    """Call once and give the most private memory that its child processes had together, in bytes, above what those had
    that lived before."""
    family = psutil.Process()
    before, sizes, done = private(family), [0], Event()

    def watch() -> None:
        while not done.wait(PAUSE):
            sizes.append(private(family))

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        call()
        # A call may be over before the thread has looked once.
        sizes.append(private(family))
    finally:
        done.set()
        thread.join()
    return max(0, max(sizes) - before)


def private(family: psutil.Process) -> int:
    """What all descendants have to themselves at this moment, in bytes."""
    total = 0
    for child in family.children(recursive=True):
        # It may have ended since it was listed.
        with suppress(psutil.Error):
            total += child.memory_full_info().uss
    return total
