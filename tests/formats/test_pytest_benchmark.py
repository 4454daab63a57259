"""pytest-benchmark's format, held against its own statistics, and read by ``pytest-benchmark compare``."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_benchmark import cli
from pytest_benchmark.stats import Stats

from bench.errors import UsageError
from bench.formats import pytest_benchmark, timings
from bench.model import Memory, Run
from bench.results import machine_info
from tests import places
from tests.formats.kept import HOSTILE, block, reference, run_of, timed
from tests.report import sample

seconds = st.floats(1e-9, 1e4)


@settings(max_examples=40)
@given(st.lists(seconds, min_size=1, max_size=12))
def test_the_statistics_are_those_of_pytest_benchmark(data: list[float]) -> None:
    theirs = Stats()
    for value in data:
        theirs.update(value)
    ours = pytest_benchmark.stats(data)
    assert ours.pop("data") == data
    told, named = theirs.as_dict(), {"outliers", "iqr_outliers", "stddev_outliers", "ld15iqr", "hd15iqr"}
    assert ours.keys() == told.keys()
    assert all(ours[name] == pytest.approx(told[name], abs=1e-12) for name in told.keys() - named)


def test_outliers_are_counted_as_pytest_benchmark_counts_them() -> None:
    for data in ([1.0, 1.1, 1.2, 1.3, 1.4, 9.0], [0.1, 5.0, 5.1, 5.2, 5.3, 5.4, 5.5, 20.0], [2.0], [3.0, 4.0]):
        theirs = Stats()
        for value in data:
            theirs.update(value)
        ours = pytest_benchmark.stats(data)
        assert {name: ours[name] for name in theirs.as_dict()} == pytest.approx(theirs.as_dict())


def document(run: Run) -> dict:
    return json.loads(pytest_benchmark.encode(run), parse_constant=pytest.fail)


def test_its_rounds_are_processes_and_variants_of_a_case_share_a_group() -> None:
    memory = Memory((2_000_000,), 1, "VmHWM")
    first, second = (
        document(
            run_of(timed("sum", block(0, 2.0, 1.0, 2.0, 6.0, calls=2), block(1, 3.0)), timed("mean", block(0, 1.0)))
        )["benchmarks"],
        document(run_of(timed("sum", block(0, 1.0), memory=memory)))["benchmarks"],
    )
    assert [each["group"] for each in first] == ["ex90.a.speed n=8 on cpu"] * 2
    assert first[0]["name"] == first[0]["fullname"] == "ex90.a.speed n=8 on cpu: sum"
    assert first[0]["stats"]["data"] == [1.0, 3.0]
    assert (first[0]["stats"]["rounds"], first[0]["stats"]["iterations"]) == (2, 1)
    assert first[0]["params"] == {"n": 8, "device": "cpu", "seed": 0, "variant": "sum"}
    assert second[0]["extra_info"] == {"run": "20260101T000000Z-ex90-cpu", "profile": "quick", "peak_bytes": 2_000_000}


def test_parameters_are_printable() -> None:
    assert pytest_benchmark.printable(("\x1b[31m", 1, 0.5, True)) == ["\\x1b[31m", 1, 0.5, True]


def test_the_machine_and_the_commit_are_those_of_the_run() -> None:
    told = document(HOSTILE)
    assert told["machine_info"]["cpu"]["count"] == 2
    assert told["machine_info"]["torch"] == "2.11.0"
    assert told["commit_info"]["id"] == "b481930"
    assert told["commit_info"]["dirty"] is True
    assert len(told["benchmarks"]) == len(timings.of_run(HOSTILE))


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """What compares two files of ours: one run twice, so that nothing has changed."""
    for name in ("0001_base", "0002_new"):
        (tmp_path / f"{name}.json").write_bytes(pytest_benchmark.encode(reference()))
    return ["compare", "--group-by=group", "--columns=median,rounds", "0001_base.json", "0002_new.json"]


def compared(out: str) -> None:
    assert "benchmark 'ex10.a.speed batch=1 optimizer=sgd on cpu': 4 tests" in out
    assert out.count("by hand, compiled (0001_base") == 2


def test_pytest_benchmark_compares_two_of_ours(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pytest-benchmark", *words])
    cli.main()
    compared(capsys.readouterr().out)


@pytest.mark.slow
def test_its_command_compares_them_without_a_warning(words: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from pytest_benchmark.cli import main; main()", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "WARNING" not in done.stderr + done.stdout
    compared(done.stdout)


@pytest.mark.parametrize("by", ["group", "name", "fullname", "param", "param:variant"])
def test_every_benchmark_of_hostile_names_is_shown_whatever_they_are_grouped_by(
    by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "0001.json").write_bytes(pytest_benchmark.encode(HOSTILE))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pytest-benchmark", "compare", "--name=long", f"--group-by={by}", "0001.json"])
    cli.main()
    shown = capsys.readouterr().out
    assert all(timing.name in shown for timing in timings.of_run(HOSTILE))


def test_it_says_where_it_was_measured_as_our_plugin_asks() -> None:
    run = reference()
    place = machine_info.read(document(run)["machine_info"], "it")
    assert (place.environment, place.profile, place.devices) == (run.environment, run.profile, run.devices)


def test_a_file_is_of_one_machine() -> None:
    both = places.spread(sample.build(hostile=False, devices=("cpu", "cuda")), places.by_device)
    with pytest.raises(UsageError, match=r"2 places, .* name it with --place node-1") as caught:
        pytest_benchmark.encode(both)
    assert "\n" not in str(caught.value)
    told = json.loads(pytest_benchmark.encode(both.only("node-2")))
    assert told["machine_info"]["cpu"]["brand_raw"] == "Intel Xeon Platinum 8481C"
    assert {each["params"]["device"] for each in told["benchmarks"]} == {"cuda"}
