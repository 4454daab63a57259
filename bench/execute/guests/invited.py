"""The guests of one task: started before anything is computed, asked under their names, ended with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.execute.guests.process import GuestProcess
from bench.execute.messages import Order
from bench.model import Guest, Task

SHARE = 0.25
LONGEST, WITHOUT_TIMEOUT = 120.0, 600.0
"""Seconds that a guest has for one request: a part of what its task has, for the others are to be timed as well."""


@contextmanager
def invited(order: Order, task: Task, guests: Iterable[Guest]) -> Iterator[list[GuestProcess]]:
    """A process for each guest; none is left when this ends."""
    patience = min(SHARE * order.timeout, LONGEST) if order.timeout else WITHOUT_TIMEOUT
    processes: list[GuestProcess] = []
    try:
        # One by one into the list: where one cannot be started, those before it are ended.
        processes.extend(GuestProcess.start(guest, order, task, patience) for guest in guests)
        yield processes
    finally:
        for process in processes:
            process.close()


def named(guests: Iterable[GuestProcess], own: Iterable[str]) -> dict[str, GuestProcess]:
    """Guests by name; one that is called like a variant of the exercise's own is told apart by its file."""
    taken = set(own)
    return {guest.name if guest.name not in taken else apart(guest.guest): guest for guest in guests}


def apart(guest: Guest) -> str:
    return f"{guest.name} ({Path(guest.source).name})"


def called(guests: Iterable[Guest], name: str | None) -> list[Guest]:
    """Those that may be meant by a name."""
    return [guest for guest in guests if name in (guest.name, apart(guest))]
