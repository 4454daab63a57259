"""Benchmarks that several processes measure: what each is told, what it leaves, and what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.testing import processes


def fixture(name: str, data: list[float]) -> SimpleNamespace:
    """What pytest-benchmark's fixture has once a benchmark was measured."""
    return SimpleNamespace(stats=SimpleNamespace(fullname=name, stats=SimpleNamespace(data=data)))


def left(file: Path, **medians: float) -> None:
    benchmarks = [{"fullname": name, "stats": {"median": median}} for name, median in medians.items()]
    file.write_text(json.dumps({"benchmarks": benchmarks}))


def test_a_process_is_a_round_and_gives_the_median_of_its_blocks() -> None:
    data = [9.0, 1.0, 2.0]
    processes.by_process(fixture("mine", data), {"mine": [3.0, 4.0], "other": [5.0]})
    assert data == [3.0, 4.0, 2.0]


def test_what_no_other_process_has_measured_and_what_failed_stay_as_they_are() -> None:
    data = [9.0, 1.0]
    processes.by_process(fixture("mine", data), {"other": [5.0]})
    processes.by_process(SimpleNamespace(stats=None), {"mine": [5.0]})
    assert data == [9.0, 1.0]


def test_a_part_leaves_a_file_and_neither_keeps_nor_compares(tmp_path: Path) -> None:
    asked = {"benchmark_save": "x", "benchmark_autosave": "y", "benchmark_compare_fail": ["z"]}
    option = SimpleNamespace(**asked, benchmark_compare=True, benchmark_json=None, bench_processes=3)
    processes.as_part(SimpleNamespace(option=option), tmp_path / "part.json")
    assert not any((option.benchmark_save, option.benchmark_autosave, option.benchmark_compare))
    assert (option.benchmark_compare_fail, option.bench_processes) == (None, 1)
    assert option.benchmark_json == tmp_path / "part.json"


def test_the_same_session_runs_in_every_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    calls: list[list[str]] = []

    def run(words: list[str], **_: object) -> SimpleNamespace:
        calls.append(words)
        left(Path(words[-1].partition("=")[2]), mine=float(len(calls)))
        return SimpleNamespace(stdout="", stderr="")

    monkeypatch.setattr(processes.subprocess, "run", run)
    config = SimpleNamespace(invocation_params=SimpleNamespace(args=("tests/perf", "-n", "0")))
    assert processes.before(config, 2) == {"mine": [1.0, 2.0]}
    assert all(words[1:6] == ["-m", "pytest", "tests/perf", "-n", "0"] for words in calls)
    assert capsys.readouterr().err == "process 1 of 3 …\nprocess 2 of 3 …\n"


def test_a_process_that_measures_nothing_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = SimpleNamespace(stdout="collected\n3 deselected\n", stderr="")
    monkeypatch.setattr(processes.subprocess, "run", lambda *_, **__: ended)
    config = SimpleNamespace(invocation_params=SimpleNamespace(args=()))
    with pytest.raises(pytest.UsageError, match=r"^a process of --bench-processes left no benchmarks: 3 deselected$"):
        processes.before(config, 1)
