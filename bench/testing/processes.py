"""``--bench-processes N``: what pytest-benchmark measures is measured in N processes, and a round of it is a process.

Blocks of one process agree with each other better than with those of the next: where its memory lies, and who else was
busy in these seconds, moves all of them at once. So each process gives one number, the median of its blocks, and the
statistics of pytest-benchmark are taken over the processes. The same session runs N − 1 times before this one.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

PART = "--bench-part-of"
"""Given to the sessions before: the file that they leave their benchmarks in."""

Medians = dict[str, list[float]]
"""Seconds a call by the full name of a benchmark, one number a process."""


def as_part(config: pytest.Config, file: Path) -> None:
    """Let this session leave its benchmarks in a file, and neither keep nor compare them: that does who started it."""
    option = config.option
    option.benchmark_save = option.benchmark_autosave = option.benchmark_compare_fail = None
    option.benchmark_compare, option.benchmark_json, option.bench_processes = [], file, 1


def before(config: pytest.Config, processes: int) -> Medians:
    """Run this very session in so many processes, one after the other, and say so. Raises ``pytest.UsageError`` of one
    line where one measures nothing."""
    found: Medians = {}
    with TemporaryDirectory() as folder:
        for number in range(1, processes + 1):
            print(f"process {number} of {processes + 1} …", file=sys.stderr, flush=True)  # noqa: T201
            for name, median in measured(config, Path(folder) / f"{number}.json").items():
                found.setdefault(name, []).append(median)
    return found


def measured(config: pytest.Config, file: Path) -> dict[str, float]:
    """What one process measures, by way of a file. What fails there fails here too, and is told here."""
    asked = [*map(str, config.invocation_params.args), f"{PART}={file}"]
    done = subprocess.run([sys.executable, "-m", "pytest", *asked], capture_output=True, text=True)
    if not file.exists():
        end = (done.stdout + done.stderr).strip().rpartition("\n")[2]
        raise pytest.UsageError(f"a process of --bench-processes left no benchmarks: {end[:200]}")
    return medians(file)


def medians(file: Path) -> dict[str, float]:
    """Seconds a call by the full name of a benchmark."""
    document = json.loads(file.read_text(encoding="utf-8"))
    return {each["fullname"]: each["stats"]["median"] for each in document["benchmarks"]}


def by_process(fixture: Any, others: Medians) -> None:
    """Let a process be a round of a benchmark that has just been measured. One that failed has none, and stays as it
    is; so does one that no other process has measured."""
    if fixture.stats is None or fixture.stats.fullname not in others:
        return
    data = fixture.stats.stats.data
    data[:] = [*others[fixture.stats.fullname], statistics.median(data)]
