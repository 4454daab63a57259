"""The largest value that fits into memory, from the values that were tried: what may be said of it, and no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bench.analysis import quantities

METHOD = (
    "What fits was found by trying: each value in a process of its own, doubled until one died of want of memory, then "
    "halved between the two. The largest that fits below one that does not has fitted twice."
)
"""How it is found, for a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One value that was tried in a process of its own: ``ok``, ``oom``, or whatever else it died of."""

    value: int
    outcome: str
    reason: str = ""

    @property
    def fits(self) -> bool:
        return self.outcome == "ok"

    @property
    def starves(self) -> bool:
        return self.outcome == "oom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Largest:
    """``value`` is the largest that fitted, ``beyond`` the smallest that died of want of memory; ``None`` where there
    was none. ``stopped`` is the attempt that died of something else, which ended the search; ``last`` the end of the
    range."""

    value: int | None
    beyond: Attempt | None = None
    stopped: Attempt | None = None
    last: int = 0

    @property
    def everything_fits(self) -> bool:
        return self.beyond is None and self.stopped is None and self.value == self.last


def of(attempts: Iterable[Attempt], last: int) -> Largest:
    """What the attempts at the values of a range that ends at ``last`` say."""
    listed = list(attempts)
    starved = [each for each in listed if each.starves]
    stopped = next((each for each in listed if not each.fits and not each.starves), None)
    least = min((each.value for each in starved), default=None)
    # What fitted once and died another time, or lies above what died, does not count as fitting.
    fitted = [each.value for each in listed if each.fits and (least is None or each.value < least)]
    value = max(fitted, default=None)
    beyond = next((each for each in starved if each.value == least), None)
    return Largest(value=value, beyond=beyond, stopped=stopped, last=last)


def in_words(largest: Largest, item: str, into: str) -> str:
    """ "the largest batch that fits into 2 GB is 9,531; 9,532 does not"."""
    if largest.stopped is not None:
        return f"{_so_far(largest, item)}; stopped at {item} {_number(largest.stopped.value)}: {largest.stopped.reason}"
    if largest.value is None:
        first = "" if largest.beyond is None else f" {_number(largest.beyond.value)}"
        return f"not even {item}{first} fits into {into}"
    if largest.beyond is None:
        return f"everything fits into {into}, up to {item} {_number(largest.value)}, the end of the range"
    tail = f"{_number(largest.beyond.value)} does not"
    return f"the largest {item} that fits into {into} is {_number(largest.value)}; {tail}"


def _so_far(largest: Largest, item: str) -> str:
    return "nothing fitted so far" if largest.value is None else f"{item} {_number(largest.value)} fits"


def _number(value: int) -> str:
    return quantities.number(value)
