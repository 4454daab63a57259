"""A full disk says nothing of a side: what was measured before it stands, and nobody is slower or broken by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.results import store
from bench.results.store import StoreError

AGAIN = "then measure again"


class OutOfRoom(StoreError):
    """A measurement that found no room for its files."""


def require(reasons: Iterable[str]) -> None:
    """Raises ``OutOfRoom`` where one of the reasons that others gave is a full disk."""
    if reason := next(filter(store.has_no_room, reasons), ""):
        raise OutOfRoom(f"no space left for what is measured: free some, {AGAIN} ({reason})")


@contextmanager
def wanted(where: Path) -> Iterator[None]:
    """Raises ``OutOfRoom`` where the disk is full that ``where`` is on; whatever else it refuses goes by."""
    try:
        yield
    except OSError as error:
        if error.errno in store.FULL:
            raise OutOfRoom(str(store.refusal(error, where, AGAIN))) from error
        raise
