"""The input of github-action-benchmark, ``tool: customSmallerIsBetter``: a list of names, units and values.

Its charts join values by name and never look at the unit, so that the unit of a name is the same in every run: times
are in milliseconds, peaks of memory in MiB.
"""

from __future__ import annotations

from typing import Any

from bench.analysis import quantities
from bench.analysis.statistics import Interval
from bench.formats import documents, timings
from bench.formats.names import plain
from bench.formats.timings import Timing
from bench.model import Run

MILLISECONDS = 1e3
MIB = 2.0**20


def encode(run: Run) -> bytes:
    """Raises ``NothingMatched`` for a run without a time."""
    entries = [entry for timing in timings.of_run(run) for entry in _entries(timing, run)]
    return documents.encode(entries)


def _entries(timing: Timing, run: Run) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    if timing.time is not None:
        value = timing.time.centre * MILLISECONDS
        time = {
            "name": f"{timing.name}, time",
            "unit": "ms",
            "value": value,
            "extra": about(run, timing, timing.time.rounds),
        }
        entries.append(time | spread(timing.time))
    if timing.peak is not None:
        memory = {"name": f"{timing.name}, peak memory", "unit": "MiB", "value": timing.peak[0] / MIB}
        entries.append(memory | {"extra": about(run, timing)})
    return entries


def spread(time: Interval) -> dict[str, str]:
    """The field ``range``, in milliseconds: half of the 95 % interval, or both of its ends where that is wider than
    half of the value. None for one round, or where rounds differ so much that the interval says nothing."""
    if time.low is None or time.high is None or time.high > quantities.HOPELESS * time.low:
        return {}
    low, high = (quantities.number(end * MILLISECONDS) for end in (time.low, time.high))
    half = (time.high - time.low) / 2
    if half > quantities.WIDEST * time.centre:
        return {"range": f"{low} to {high}"}
    return {"range": f"± {quantities.number(half * MILLISECONDS, 2)}"}


def about(run: Run, timing: Timing, rounds: int = 0) -> str:
    """The field ``extra``, which a chart shows beside a point."""
    place = run.at(timing.record.place).environment
    words = (
        plain(place.cpu),
        plain(place.gpu),
        f"torch {plain(place.torch)}",
        f"{place.threads} thread{'' if place.threads == 1 else 's'}",
        f"profile {run.profile}",
        f"{rounds} process{'' if rounds == 1 else 'es'}" if rounds else "",
        plain(run.id),
    )
    return ", ".join(filter(None, words))
