"""pytest-benchmark's JSON, as ``--benchmark-json`` writes it: ``pytest-benchmark compare`` reads it.

Its *rounds* are what its statistics are taken over. In a file of ours each is a fresh process, with the median of its
blocks: blocks of one process say nothing of the next, and would make the standard deviation look small. All variants of
a case share a ``group``, so that ``--group-by=group`` stands them side by side.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from bench.errors import UsageError
from bench.formats import documents, timings
from bench.formats.names import plain
from bench.formats.timings import Timing
from bench.model import Parameter, Run
from bench.results import machine_info

LAYOUT = "5.1.0"
"""The version of pytest-benchmark whose layout this is: it stands where that package puts its own."""


def encode(run: Run) -> bytes:
    """Times in seconds. Raises ``NothingMatched`` for a run without one, and ``UsageError`` for one of several places:
    a file has one machine."""
    if run.is_spread:
        raise UsageError(
            f"{run.id} was done on {len(run.places)} places, and a file of pytest-benchmark is of one machine: name it "
            f"with --place {plain(next(iter(run.places)))}, …"
        )
    place = run.environment
    return documents.encode(
        {
            "machine_info": machine(run),
            "commit_info": {
                "id": plain(place.commit) or "unversioned",
                "dirty": place.dirty,
                "project": "bench",
                "branch": "(unknown)",
                "time": None,
                "author_time": None,
            },
            "benchmarks": [_benchmark(timing, run) for timing in timings.of_run(run)],
            "datetime": plain(run.created),
            "version": LAYOUT,
        }
    )


def machine(run: Run) -> dict[str, Any]:
    """Names are pytest-benchmark's where it has one for it; ``torch``, ``threads`` and the GPU are ours, and under
    ``bench`` stands what ``--benchmark-compare`` of our plugin asks for."""
    place = run.environment
    facts = machine_info.facts(machine_info.Place(place, run.profile, run.devices, run.data))
    return {
        machine_info.KEY: facts,
        "python_version": plain(place.python),
        "platform": plain(place.platform),
        "cpu": {"brand_raw": plain(place.cpu), "count": place.cores},
        "memory": place.memory,
        "torch": plain(place.torch),
        "threads": place.threads,
        "gpu": plain(place.gpu),
        "driver": plain(place.driver),
        "cuda": plain(place.cuda),
    }


def _benchmark(timing: Timing, run: Run) -> dict[str, Any]:
    case = timing.record.case
    about: dict[str, Parameter | None] = {"device": case.device, "seed": case.seed, "variant": case.variant}
    return {
        "group": plain(case.whole.label),
        "name": timing.name,
        "fullname": timing.name,
        "params": {plain(name): printable(value) for name, value in {**case.parameters, **about}.items()},
        "param": plain(case.variant or ""),
        "extra_info": {"run": plain(run.id), "profile": run.profile, "peak_bytes": timing.peak and timing.peak[0]},
        "options": {},
        "stats": stats(timing.rounds) | {"iterations": min(map(timing.calls, timing.blocks))},
    }


def printable(value: Parameter | None) -> Any:
    """A parameter: tables print it as it is."""
    if isinstance(value, tuple):
        return [printable(item) for item in value]
    return plain(value) if isinstance(value, str) else value


def stats(data: Sequence[float]) -> dict[str, Any]:
    """Every statistic of ``pytest_benchmark.stats.Stats``, by its definitions, of at least one number."""
    ordered, mean, total = sorted(data), statistics.mean(data), sum(data)
    spread = statistics.stdev(data) if len(data) > 1 else 0.0
    q1, q3 = quantile(ordered, 1 / 4), quantile(ordered, 3 / 4)
    low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
    apart, beyond = (_outside(data, *ends) for ends in ((mean - spread, mean + spread), (low, high)))
    return {
        "min": ordered[0],
        "max": ordered[-1],
        "mean": mean,
        "stddev": spread,
        "rounds": len(data),
        "median": statistics.median(data),
        "iqr": q3 - q1,
        "q1": q1,
        "q3": q3,
        "iqr_outliers": beyond,
        "stddev_outliers": apart,
        "outliers": f"{apart};{beyond}",
        "ld15iqr": min(value for value in ordered if value >= low),
        "hd15iqr": max(value for value in ordered if value <= high),
        "ops": len(data) / total,
        "total": total,
        "data": list(data),
    }


def _outside(data: Sequence[float], low: float, high: float) -> int:
    return sum(not low <= value <= high for value in data)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Hazen's, linear between the points at (k - ½)/n (Hyndman and Fan, Am. Statistician 50, 1996, definition 5): for
    quarters it is what pytest-benchmark writes out case by case."""
    place = min(max(share * len(ordered) - 0.5, 0.0), len(ordered) - 1.0)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    weight = place - below
    return (1 - weight) * ordered[below] + weight * ordered[above]
