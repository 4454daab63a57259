"""pytest-benchmark beside us: what is stored says where, another machine is refused, a slow-down fails in a line."""

from __future__ import annotations

import configparser
import json
import math
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.results import machine_info
from bench.testing import benchmarks, processes
from tests.two_runs import environment

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
MEASURE = ("--benchmark-min-rounds=5", "--benchmark-max-time=0.001", "--benchmark-autosave")
CLOCK = "known_exercises.ex42_known_work.clock"
COMPARE = (*MEASURE, "--benchmark-compare", "--benchmark-compare-fail=min:5%")
PLACE = machine_info.Place(environment(), "smoke", ("cpu",), "embedded")
BENCHMARK = """
import pytest

def test_it(benchmark):
    benchmark(lambda: None)
"""

Session = Callable[..., pytest.RunResult]


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session of pytest with our plugin, in a folder of its own, on whatever ``place`` it is given."""
    monkeypatch.setattr("pytest_benchmark.plugin.get_cpu_info", dict)  # it takes a second
    monkeypatch.setattr("pytest_benchmark.plugin.get_commit_info", lambda name: {"id": "none", "project": "p"})
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # beside other workers it measures nothing
    pytester.makepyfile(BENCHMARK)

    def run(*arguments: str, place: machine_info.Place = PLACE) -> pytest.RunResult:
        monkeypatch.setattr(benchmarks, "place", lambda config: place)
        # Times of nothing, told apart by nothing: only where a test plants one does a slow-down show.
        return pytester.runpytest_inprocess("-p", "bench.testing.benchmarks", "-p", "no:cacheprovider", *arguments)

    return run


def stored(folder: Path) -> list[Path]:
    return sorted(folder.glob(".benchmarks/*/*.json"))


def plant(file: Path, factor: float) -> None:
    """Let what is stored have taken ``factor`` times as long."""
    document = json.loads(file.read_text())
    for benchmark in document["benchmarks"]:
        for name in ("min", "max", "mean", "median"):
            benchmark["stats"][name] *= factor
    file.write_text(json.dumps(document))


def test_what_is_stored_says_where_it_was_measured(session: Session, pytester: pytest.Pytester) -> None:
    assert session(*MEASURE).ret == 0
    (file,) = stored(pytester.path)
    run = machine_info.read(json.loads(file.read_text())["machine_info"], "it")
    assert (run.environment, run.profile, run.devices) == (PLACE.environment, "smoke", ("cpu",))


@pytest.mark.filterwarnings("ignore::pytest_benchmark.logger.PytestBenchmarkWarning")
def test_the_first_run_of_a_comparison_that_may_fail_passes(session: Session) -> None:
    assert session(*COMPARE).ret == 0


def test_a_time_that_is_no_number_is_refused(session: Session, pytester: pytest.Pytester) -> None:
    session(*MEASURE)
    plant(stored(pytester.path)[0], math.nan)
    result = session(*COMPARE)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "have a time that is none" in result.stderr.str()


@pytest.mark.parametrize(("factor", "code"), [(100.0, 0), (0.01, 1)])
def test_a_slow_down_is_told_without_a_traceback(
    session: Session, pytester: pytest.Pytester, factor: float, code: int
) -> None:
    session(*MEASURE)
    plant(stored(pytester.path)[0], factor)
    result = session(*COMPARE)
    text = result.stdout.str() + result.stderr.str()
    assert (result.ret, "Performance has regressed" in text) == (code, bool(code))
    assert "Traceback" not in text
    assert "machine_info is different" not in text


def test_another_machine_is_refused_in_a_line_before_anything_is_measured(
    session: Session, pytester: pytest.Pytester
) -> None:
    session(*MEASURE)
    result = session(*COMPARE, place=replace(PLACE, environment=environment(cpu="Xeon", cores=64)))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = (line for line in result.stderr.lines if line.startswith("ERROR: "))
    assert "and this run differ in cpu: EPYC and Xeon; cores: 2 and 64. Compare runs that agree in it" in line
    assert "ask for it by --bench-by cpu --bench-by cores" in line
    assert len(stored(pytester.path)) == 1


def test_another_torch_is_compared_where_one_asks_for_it(session: Session, pytester: pytest.Pytester) -> None:
    session(*MEASURE)
    newer = replace(PLACE, environment=environment(torch="2.14.1", platform="Linux 7"))
    assert session(*MEASURE, "--benchmark-compare", place=newer).ret == pytest.ExitCode.USAGE_ERROR
    result = session(*MEASURE, "--benchmark-compare", "--bench-by", "torch", place=newer)
    assert result.ret == 0
    assert "another system: Linux 6.1 and Linux 7" in result.stdout.str() + result.stderr.str()
    assert len(stored(pytester.path)) == 2


@pytest.mark.parametrize(
    ("info", "told"),
    [
        (7, "do not say where they were measured"),
        ({}, "do not say where they were measured"),
        ({"bench": {"profile": 3}}, "machine_info.bench is not ours: "),
    ],
)
def test_a_file_of_another_is_refused_in_a_line(
    session: Session, pytester: pytest.Pytester, info: object, told: str
) -> None:
    session(*MEASURE)
    (file,) = stored(pytester.path)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"machine_info": info}))
    result = session(*COMPARE)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert told in result.stderr.str()
    assert result.stderr.str().count("\n") <= 2


def test_a_name_that_by_does_not_know_is_refused(session: Session) -> None:
    session(*MEASURE)
    result = session(*COMPARE, "--bench-by", "weather")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--bench-by knows no 'weather'" in result.stderr.str()


def test_benchmarks_of_several_processes_are_rounds(
    session: Session, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "test_benchmarks_of_several_processes_are_rounds.py::test_it"
    monkeypatch.setattr(processes, "before", lambda config, more: {name: [3600.0] * more})
    assert session(*MEASURE, "--bench-processes=3").ret == 0
    (kept,) = json.loads(stored(pytester.path)[0].read_text())["benchmarks"]
    assert (kept["stats"]["rounds"], kept["stats"]["median"]) == (3, 3600.0)


def test_a_part_of_another_session_leaves_its_file_and_keeps_nothing(
    session: Session, pytester: pytest.Pytester
) -> None:
    file = pytester.path / "part.json"
    assert session(*COMPARE, "--bench-processes=3", f"{processes.PART}={file}").ret == 0
    assert len(processes.medians(file)) == 1
    assert not stored(pytester.path)


@pytest.mark.parametrize("stats", [{}, {"min": "1", "median": 1.0}, {"min": 0.0, "median": 1.0}])
def test_times_that_are_none(stats: object) -> None:
    assert not benchmarks.timed({"benchmarks": [{"stats": stats}]})


def test_where_this_process_measures(request: pytest.FixtureRequest) -> None:
    import torch

    place = benchmarks.place(request.config)
    assert place.environment.torch == torch.__version__
    assert place.environment.threads == torch.get_num_threads()
    assert "cpu" in place.devices


def installed(site: Path, units: int) -> None:
    """A distribution with the one exercise ex42: a copy of ``known_work`` that does so many units."""
    info, package = site / "known-0.1.dist-info", site / "known_exercises"
    for folder in (info, package):
        folder.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: known\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[bench.exercises]\nknown = known_exercises\n")
    (package / "__init__.py").touch()
    source = Path(__file__).with_name("known_work.py").read_text()
    assert "UNITS = 100\n" in source
    (package / "ex42_known_work.py").write_text(source.replace("UNITS = 100\n", f"UNITS = {units}\n"))


def commands(section: str) -> list[str]:
    """The pytest of an environment of tox, without what tox fills in."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    return shlex.split(tox[section]["commands"].replace("\\\n", " "))


def perf(site: Path) -> subprocess.CompletedProcess[str]:
    """The command of ``tox -e perf-cpu``, on ex42, with its storage in a folder of the test's own and ex42's clock."""
    words = [word for word in commands("testenv:perf-{cpu,cuda}") if word not in ("pytest", "{posargs}")]
    given = [word.replace("{env:BENCH_DEVICE}", "cpu") for word in words if "--benchmark-storage" not in word]
    own = [f"--benchmark-storage=file://{site}/kept", "--bench-exercise=ex42", f"--benchmark-timer={CLOCK}"]
    # A worker of xdist that found itself in its surroundings would measure nothing.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *given, *own],
        cwd=ROOT,
        env=plain | {"PYTHONPATH": f"{site}:{ROOT}:{ROOT / 'plugins'}", "BENCH_CACHE": str(site / "cache")},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_ten_per_cent_that_are_planted_fail_and_the_same_again_does_not(tmp_path: Path) -> None:
    installed(tmp_path, 100)
    first, again = perf(tmp_path), perf(tmp_path)
    assert first.returncode == 0, first.stdout + first.stderr
    assert again.returncode == 0, again.stdout + again.stderr
    installed(tmp_path, 110)
    slower = perf(tmp_path)
    assert slower.returncode == 1, slower.stdout + slower.stderr
    found = re.findall(r"has failed PercentageRegressionCheck: ([\d.]+)", slower.stderr)
    assert [float(each) for each in found] == pytest.approx([10.0] * 5)
    assert "Traceback" not in slower.stdout + slower.stderr
