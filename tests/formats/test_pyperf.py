"""pyperf's format, read by pyperf itself: here by its classes, and as ``pyperf show`` and ``compare_to``."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pyperf import BenchmarkSuite
from pyperf.__main__ import main

from bench.formats import pyperf, timings
from bench.model import Record, Run
from tests import places
from tests.formats.kept import HOSTILE, block, reference, run_of, timed
from tests.report import sample


def suite(run: Run) -> BenchmarkSuite:
    return BenchmarkSuite.loads(pyperf.encode(run).decode())


def test_a_run_of_it_is_a_process_and_a_value_a_block() -> None:
    (benchmark,) = suite(run_of(timed("sum", block(0, 2.0, 1.0, 2.0, 6.0, calls=2), block(1, 3.0, calls=3))))
    assert benchmark.get_name() == "ex90.a.speed n=8 on cpu: sum"
    assert [run.values for run in benchmark.get_runs()] == [(0.5, 1.0, 3.0), (1.0,)]
    assert [run.get_loops() for run in benchmark.get_runs()] == [2, 3]
    assert benchmark.get_unit() == "second"
    assert benchmark.get_metadata()["cpu_count"] == HOSTILE.environment.cores


@pytest.mark.parametrize("run", [HOSTILE, reference()], ids=["hostile", "kept"])
def test_every_timing_is_a_benchmark_with_its_mean(run: Run) -> None:
    found = {benchmark.get_name(): benchmark for benchmark in suite(run)}
    told = timings.of_run(run)
    assert list(found) == [timing.name for timing in told]
    for timing in told:
        blocks = [seconds for each in timing.blocks.values() for seconds in each]
        assert found[timing.name].mean() == pytest.approx(sum(blocks) / len(blocks))


def test_what_the_environment_does_not_know_is_left_out() -> None:
    run = replace(HOSTILE, created="once", environment=replace(HOSTILE.environment, cpu="", commit="a\nb"))
    told = suite(run).get_metadata()
    assert told["commit"] == "a\\nb"
    assert not {"cpu_model_name", "gpu", "date"} & told.keys()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A run, and the same with everything a tenth slower."""

    def slower(record: Record) -> Record:
        samples = tuple(replace(each, calls=10 * each.calls, seconds=11 * each.seconds) for each in record.samples)
        return replace(record, samples=samples)

    run = run_of(*(timed(name, *(block(i, 1 + i / 1000) for i in range(5))) for name in ("sum", "mean")))
    other = replace(run, records=tuple(map(slower, run.records)))
    for name, each in (("base", run), ("new", other)):
        (tmp_path / f"{name}.json").write_bytes(pyperf.encode(each))
    return tmp_path / "base.json", tmp_path / "new.json"


def test_pyperf_compares_two_of_ours(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["pyperf", "compare_to", *map(str, files)])
    main()
    told = capsys.readouterr().out
    assert "ex90.a.speed n=8 on cpu: sum: Mean +- std dev: [base] 1.00 sec" in told
    assert told.count("1.10x slower") == 3  # each of two, and their mean


@pytest.mark.slow
def test_its_commands_show_what_a_real_run_has(tmp_path: Path) -> None:
    (tmp_path / "kept.json").write_bytes(pyperf.encode(reference()))

    def called(*words: str) -> str:
        command = [sys.executable, "-m", "pyperf", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    shown = called("show", "--metadata", "kept.json")
    assert shown.count("Mean +- std dev") == 10
    assert "- torch: 2.14.1+cu130" in shown
    for verb in ("stats", "hist", "dump", "check"):
        assert "by hand, compiled" in called(verb, "kept.json")
    assert "Geometric mean: no change" in called("compare_to", "kept.json", "kept.json")


def test_numbers_are_those_that_json_has() -> None:
    assert json.loads(pyperf.encode(HOSTILE), parse_constant=pytest.fail)


def test_of_several_places_every_benchmark_has_its_own() -> None:
    both = sample.build(hostile=False, devices=("cpu", "cuda"))
    told = json.loads(pyperf.encode(places.spread(both, places.by_device, torch="2.12.0")))
    assert not {"cpu_model_name", "torch"} & told["metadata"].keys()
    machines = {
        (each["metadata"]["device"], each["metadata"]["bench_place"], each["metadata"]["torch"])
        for each in told["benchmarks"]
    }
    assert machines == {("cpu", "node-1", "2.11.0"), ("cuda", "node-2", "2.12.0")}
