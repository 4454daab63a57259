"""Another pytest plugin, ``-p bench.testing.benchmarks``: what pytest-benchmark stores says where it was measured, and
``--benchmark-compare`` compares what ``bench compare`` would.

``--benchmark-compare-fail`` ends with exit code 1 and a line a slower benchmark; where there is nothing yet that
``--benchmark-compare`` could compare with, nothing fails.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.errors import BenchError
from bench.testing import processes

if TYPE_CHECKING:
    from bench.results.machine_info import Place

OTHERS = pytest.StashKey[processes.Medians]()
SESSION = pytest.StashKey[pytest.Session]()
HERE = "this run"
ELSE = "Or name other benchmarks by --benchmark-compare=NUM, or another folder by --benchmark-storage"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("bench", "what bench adds to pytest-benchmark")
    group.addoption(
        "--bench-by",
        action="append",
        default=[],
        metavar="WHAT",
        help="what --benchmark-compare may differ in, as `bench compare --by`: torch, python, machine, …",
    )
    group.addoption(
        "--bench-processes",
        type=int,
        default=1,
        metavar="N",
        help="measure in N processes; a round is then the median of one of them",
    )
    group.addoption(processes.PART, type=Path, default=None, help=argparse.SUPPRESS)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    # Where a conftest names this plugin only as its folder is collected, there are no options of it any more.
    if file := config.getoption("bench_part_of", None):
        processes.as_part(config, file)


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[SESSION] = session
    benchmarks: Any = session.config.pluginmanager.get_plugin("pytest-benchmark")
    # Asked for the run before, and there is none: pytest-benchmark says so, and would then fail after all was measured.
    if benchmarks is not None and benchmarks.compare is True and not benchmarks.compared_mapping:
        benchmarks.compare_fail = []
    more = session.config.getoption("bench_processes") - 1
    if more > 0 and benchmarks is not None and not (benchmarks.disabled or benchmarks.skip):
        session.config.stash[OTHERS] = processes.before(session.config, more)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    result = yield
    fixture = getattr(item, "funcargs", {}).get("benchmark")
    if fixture is not None and OTHERS in item.config.stash:
        processes.by_process(fixture, item.config.stash[OTHERS])
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_machine_info(config: pytest.Config, machine_info: dict[str, Any]) -> None:
    from bench.results import machine_info as ours

    machine_info[ours.KEY] = ours.facts(place(config))


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_benchmark_compare_machine_info(
    config: pytest.Config, benchmarksession: Any, machine_info: dict[str, Any], compared_benchmark: dict[str, Any]
) -> None:
    """Raises ``pytest.UsageError`` of one line for what may not be compared; says what else differs."""
    try:
        told = judged(machine_info, compared_benchmark, config.getoption("bench_by"))
    except BenchError as error:
        raise pytest.UsageError(f"{error}. {ELSE}") from error
    for line in told:
        benchmarksession.logger.info(line)
    # pytest-benchmark's own rule comes next. It warns of any difference, also of a clock that changes by the second.
    compared_benchmark["machine_info"] = machine_info


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(config: pytest.Config) -> Iterator[None]:
    """A slow-down fails the session; its traceback would tell of pytest-benchmark's inside alone."""
    try:
        return (yield)
    except slowed():
        config.stash[SESSION].exitstatus = pytest.ExitCode.TESTS_FAILED


def slowed() -> tuple[type[Exception], ...]:
    """What pytest-benchmark raises once it has printed what became slower; nothing where it is not installed."""
    try:
        from pytest_benchmark.session import PerformanceRegression
    except ImportError:
        return ()
    return (PerformanceRegression,)


def judged(here: dict[str, Any], stored: dict[str, Any], by: list[str]) -> tuple[str, ...]:
    """What else differs, a line each. Raises ``BenchError`` for what forbids a comparison."""
    from bench.results import comparable, machine_info

    base = machine_info.read(stored.get("machine_info"), name_of(stored))
    if not timed(stored):
        raise BenchError(f"{base.id} have a time that is none: delete their file")
    new = machine_info.read(here, HERE)
    comparable.require(base, new, by, option="--bench-by")
    return comparable.warnings(base, new, by)


def timed(stored: dict[str, Any]) -> bool:
    """Whether every time in a file can be one: against NaN nothing would ever be slower."""
    try:
        return all(0 < each["stats"][name] < inf for each in stored["benchmarks"] for name in ("min", "median"))
    except (KeyError, TypeError):
        return False


def name_of(stored: dict[str, Any]) -> str:
    """Stored benchmarks have no name that their file keeps, but a time."""
    told = str(stored.get("datetime", ""))[:16]
    return f"the benchmarks of {told if told.isprintable() and told else 'an unknown time'}"


def place(config: pytest.Config) -> Place:
    """Where this process measures. Imports torch."""
    import torch

    from bench.execute.child.answers import seen
    from bench.results import environment, machine_info

    found = seen()
    # Benchmarks of other projects have neither option: what they run on is whatever is here, the same both times.
    device = config.getoption("bench_device", "+".join(found.devices))
    profile = config.getoption("bench_profile", "full")
    return machine_info.Place(
        environment=environment.gather(found.facts, torch.get_num_threads()),
        profile=profile,
        devices=tuple(device.split("+")),
        data="embedded",
    )
