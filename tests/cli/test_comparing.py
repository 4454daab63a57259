"""Runs are read whole, by any of their names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.cli import comparing
from bench.errors import BenchError
from bench.results import store
from tests.two_runs import run, timed


def stored(results: Path, name: str, **more: object) -> Path:
    folder = results / name
    folder.mkdir(parents=True)
    store.write(run(name, timed(), **more), folder)  # type: ignore[arg-type]
    return folder


def test_a_run_is_read_by_any_of_its_names(tmp_path: Path) -> None:
    folder = stored(tmp_path, "20261129T010203Z-ex01-cpu")
    for name in (folder.name, "20261129", "latest", str(folder), str(folder / "run.json")):
        assert comparing.read(name, tmp_path).id == folder.name


def test_half_a_run_is_refused(tmp_path: Path) -> None:
    stored(tmp_path, "stopped", finished=False)
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "journal.jsonl").write_text("")
    for name, message in (("stopped", "was stopped before its end"), ("half", r"is half a run, without run\.json")):
        with pytest.raises(BenchError, match=f"{message}.*--resume {name}") as caught:
            comparing.read(name, tmp_path)
        assert caught.value.exit_code == 2


def test_a_block_of_no_calls_is_refused(tmp_path: Path) -> None:
    record = timed()
    samples = (replace(record.samples[0], calls=0), *record.samples[1:])
    (tmp_path / "x").mkdir()
    store.write(run("x", replace(record, samples=samples)), tmp_path / "x")
    with pytest.raises(BenchError, match=r"records\[0\]\.samples\[0\]\.calls is 0, of at least 1"):
        comparing.read("x", tmp_path)
