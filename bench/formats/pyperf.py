"""pyperf's JSON, version 1.0, as ``BenchmarkSuite.dump`` writes it: ``pyperf show``, ``compare_to`` and others read it.

pyperf knows the two levels that we have: a *run* is a fresh process, our round, and its *values* are the seconds per
call of its blocks, each of which is of ``loops`` calls.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bench.formats import documents, timings
from bench.formats.names import plain
from bench.formats.timings import Timing
from bench.model import Environment, Run

VERSION = "1.0"


def encode(run: Run) -> bytes:
    """Times in seconds. Raises ``NothingMatched`` for a run without one."""
    benchmarks = [_benchmark(timing, run) for timing in timings.of_run(run)]
    return documents.encode({"version": VERSION, "metadata": metadata(run), "benchmarks": benchmarks})


def metadata(run: Run) -> dict[str, str | int]:
    """What holds for every benchmark. Names are pyperf's where it has one for it."""
    told: dict[str, str | int] = {
        "unit": "second",
        "date": date(run.created),
        **({} if run.is_spread else machine(run.environment)),
        "bench_run": plain(run.id),
        "bench_profile": run.profile,
    }
    # pyperf refuses a file in which a text is empty.
    return {name: value for name, value in told.items() if value != ""}


def machine(place: Environment) -> dict[str, str | int]:
    """What is known of a place: of all benchmarks, or of one alone where a run was done on several."""
    told: dict[str, str | int] = {
        "python_version": plain(place.python),
        "platform": plain(place.platform),
        "cpu_model_name": plain(place.cpu),
        "cpu_count": place.cores,
        "threads": place.threads,
        "torch": plain(place.torch),
        "gpu": plain(place.gpu),
        "driver": plain(place.driver),
        "cuda": plain(place.cuda),
        "commit": plain(place.commit),
    }
    return {name: value for name, value in told.items() if value != ""}


def date(created: str) -> str:
    """As pyperf writes a date, by the run's own clock (UTC); empty for what is no ISO time."""
    try:
        return datetime.fromisoformat(created).replace(tzinfo=None).isoformat(" ")
    except ValueError:
        return ""


def _benchmark(timing: Timing, run: Run) -> dict[str, Any]:
    place = timing.record.place
    where = {"bench_place": plain(place), **machine(run.at(place).environment)} if run.is_spread else {}
    return {
        "metadata": {"name": timing.name, "device": plain(timing.record.case.device) or "cpu", **where},
        "runs": [
            {"metadata": {"loops": timing.calls(number)}, "values": list(seconds)}
            for number, seconds in timing.blocks.items()
        ],
    }
