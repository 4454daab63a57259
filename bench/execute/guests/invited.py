"""The guests of one task: started before anything is computed, asked under their names, ended with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.execute.guests import forking
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
    with ExitStack() as stack:
        processes = list[GuestProcess]()
        for guest in guests:
            processes.append(forking.start(guest, order, task, patience))
            # Each by itself: neither one that cannot be started nor one that cannot be ended keeps the others alive.
            stack.callback(processes[-1].close)
        yield processes


def named(guests: Iterable[GuestProcess], own: Iterable[str]) -> dict[str, GuestProcess]:
    """Guests by name; one that is called like a variant of the exercise's own, or like another guest, is told apart by
    its file."""
    taken, by_name = set(own), dict[str, GuestProcess]()
    for guest in guests:
        names = names_of(guest.guest)
        by_name[next((name for name in names if name not in taken), names[-1])] = guest
        taken |= by_name.keys()
    return by_name


def names_of(guest: Guest) -> tuple[str, ...]:
    """What a guest may be called, the best first; the last is no other's."""
    return guest.name, *(f"{guest.name} ({source})" for source in (Path(guest.source).name, guest.source))


def called(guests: Iterable[Guest], name: str | None) -> list[Guest]:
    """Those that may be meant by a name."""
    return [guest for guest in guests if name in names_of(guest)]
