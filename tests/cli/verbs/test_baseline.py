"""``bench baseline``: set, show, rm; a mistake is one line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.results import store
from tests.two_runs import run, timed

OLD, NEW = "20261128T010203Z-ex01-cpu", "20261129T010203Z-ex01-cpu"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for name in (OLD, NEW):
        folder = tmp_path / "results" / name
        folder.mkdir(parents=True)
        store.write(run(name, timed()), folder)
    return tmp_path / "results"


def test_a_baseline_is_set_shown_moved_and_forgotten(results: Path, bench: Callable) -> None:
    assert (
        bench("baseline", "show").stdout
        == "no baseline in results; `bench baseline set main` makes the latest run one\n"
    )
    assert bench("baseline", "set", "main").stdout == f"main stands for {NEW}\n"
    moved = bench("baseline", "set", "main", OLD)
    assert (moved.returncode, moved.stdout) == (0, f"main stands for {OLD}, and no longer for {NEW}\n")
    shown = bench("baseline", "show", COLUMNS="140").stdout
    assert all(word in shown for word in ("main", OLD, "EPYC, 2 cores", "2.11.0", "b481930", "2026-11-29 01:02"))
    (row,) = json.loads(bench("baseline", "show", "main", "--json").stdout)
    assert (row["run"], row["gone"]) == (OLD, None)
    assert bench("compare", "main", "latest").returncode == 0, "a baseline is a tag"
    assert bench("baseline", "rm", "main").stdout == f"main is no baseline any more; {OLD} stays as it is\n"
    assert json.loads(bench("baseline", "show", "--json").stdout) == []


def test_a_run_that_is_gone_is_said(results: Path, bench: Callable, one_line: Callable) -> None:
    bench("baseline", "set", "main", OLD)
    shutil.rmtree(results / OLD)
    assert f"the tag 'main' stands for {OLD}, which is not in results any more" in one_line(
        bench("baseline", "show", "main"), 5
    )
    shown = bench("baseline", "show", COLUMNS="140")
    assert (shown.returncode, "which is not in results any more" in shown.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["set", "../x"], "cannot be a tag", 2),
        (["set", "latest"], "and not latest", 2),
        (["set", OLD], "cannot be a tag", 2),
        (["set", "main", "nothing"], "no run in results is called 'nothing'", 5),
        (["set", "main", "latest~5"], "latest~5 is not there", 5),
        (["show", "main"], "no baseline is called 'main' in results; there are none", 5),
        (["rm", "main"], "no baseline is called 'main' in results; there are none", 5),
        (["set"], "Missing argument 'NAME'", 2),
        (["put", "main"], "No such command 'put'", 2),
    ],
)
def test_a_mistake_is_one_line(
    results: Path, bench: Callable, one_line: Callable, arguments: list[str], message: str, code: int
) -> None:
    assert message in one_line(bench("baseline", *arguments), code)
    assert not (results / "tags.json").exists()


def test_damaged_tags_are_one_line(results: Path, bench: Callable, one_line: Callable) -> None:
    (results / "tags.json").write_text('{"schema": 1, "tags": {"main": "../../etc"}}')
    for words in (["show"], ["set", "main"], ["rm", "main"]):
        assert "is no tag for a run; mend or remove it" in one_line(bench("baseline", *words), 2)
