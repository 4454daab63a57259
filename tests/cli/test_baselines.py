"""Runs that have a name: what a row says of them, and that one that is gone hides no other."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bench.cli import baselines
from bench.cli.baselines import Row
from bench.errors import BenchError, NothingMatched, UsageError
from bench.results import named, store
from tests.two_runs import found, run, timed


def stored(results: Path, name: str, **more: object) -> Path:
    folder = results / name
    folder.mkdir(parents=True)
    store.write(run(name, timed(), **more), folder)  # type: ignore[arg-type]
    return folder


def test_a_name_is_moved_from_run_to_run(tmp_path: Path) -> None:
    folder = stored(tmp_path, "20261129T010203Z-ex01-cpu")
    stored(tmp_path, "20261129T020203Z-ex01-cpu")
    assert baselines.choose("main", "latest~1", tmp_path)[0].folder == folder.name
    chosen, before = baselines.choose("main", "latest", tmp_path)
    assert (chosen.folder, before) == ("20261129T020203Z-ex01-cpu", folder.name)
    assert baselines.choose("main", str(folder), tmp_path)[1] == chosen.folder
    assert baselines.choose("kept", "main", tmp_path)[0].folder == folder.name, "a name is a run's name too"
    assert baselines.forget("main", tmp_path) == folder.name
    assert list(named.tags(tmp_path)) == ["kept"]


@pytest.mark.parametrize("first", ["set", "forgotten"])
def test_of_two_names_at_once_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    """The second one comes when the first has read the file, and has not written it."""
    folder, seen = stored(tmp_path, "20261129T010203Z-ex01-cpu"), threading.Event()
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path / "locks"))
    monkeypatch.setattr(baselines, "complain", lambda line: seen.set())
    named.tag("first", folder.name, tmp_path)
    write = named._write

    def second() -> None:
        baselines.choose("second", folder.name, tmp_path)
        seen.set()

    other = threading.Thread(target=second)

    def late(results: Path, given: dict[str, str]) -> None:
        monkeypatch.setattr(named, "_write", write)
        other.start()
        seen.wait()
        write(results, given)

    monkeypatch.setattr(named, "_write", late)
    if first == "set":
        baselines.choose("first", folder.name, tmp_path)
    else:
        baselines.forget("first", tmp_path)
    other.join()
    assert set(named.tags(tmp_path)) == {"first", "second"} - ({"first"} if first == "forgotten" else set())


def test_a_run_of_another_folder_and_half_a_run_are_refused(tmp_path: Path) -> None:
    elsewhere = stored(tmp_path / "elsewhere", "x")
    stored(tmp_path / "results", "stopped", finished=False)
    with pytest.raises(UsageError, match="is not among the runs of"):
        baselines.choose("main", str(elsewhere), tmp_path / "results")
    with pytest.raises(BenchError, match="was stopped before its end") as caught:
        baselines.choose("main", "stopped", tmp_path / "results")
    assert caught.value.exit_code == 2
    assert not named.tags(tmp_path / "results")


def test_a_run_that_is_kept_may_be_a_baseline(tmp_path: Path) -> None:
    stored(tmp_path / named.KEPT, "20261128T010203Z-ex01-cpu")
    stored(tmp_path, "20261129T010203Z-ex01-cpu")
    assert baselines.choose("old", "20261128", tmp_path)[0].folder == "20261128T010203Z-ex01-cpu"
    assert baselines.one("old", tmp_path).run == "20261128T010203Z-ex01-cpu"


def test_a_row_says_where_it_ran(tmp_path: Path) -> None:
    card = {"gpu": "H200", "dirty": True, "commit": "0123456789abcdef"}
    stored(tmp_path, "a", place=card, devices=("cuda",))
    stored(tmp_path, "b", place={"cores": 1, "commit": ""})
    for name, known in (("one", "a"), ("two", "b")):
        baselines.choose(name, known, tmp_path)
    first, second = baselines.every(tmp_path)
    assert first == Row(
        name="one",
        run="a",
        machine="H200; EPYC, 2 cores",
        torch="2.11.0",
        commit="01234567 + changes",
        created="2026-11-29 01:02",
    )
    assert (second.machine, second.commit) == ("EPYC, 1 core", "no commit")


def test_a_run_that_is_gone_or_damaged_hides_no_other(tmp_path: Path) -> None:
    for name in ("gone", "cut", "well"):
        stored(tmp_path, f"run-{name}")
        baselines.choose(name, f"run-{name}", tmp_path)
    (tmp_path / "run-gone" / "run.json").unlink()
    (tmp_path / "run-cut" / "run.json").write_text('{"schema": 1')
    cut, gone, well = baselines.every(tmp_path)
    assert "not whole" in cut.gone
    assert gone.gone == f"the tag 'gone' stands for run-gone, which is not in {tmp_path} any more"
    assert (well.gone, well.torch) == ("", "2.11.0")
    assert [baselines.as_json_row(row)["gone"] for row in (well,)] == [None]
    out = io.StringIO()
    baselines.show([cut, gone, well], Console(file=out, width=200))
    assert all(name in out.getvalue() for name in ("run-cut", "run-gone", "run-well"))
    assert f"      ✗ {gone.gone}" in out.getvalue().splitlines()
    assert baselines.forget("gone", tmp_path) == "run-gone"
    with pytest.raises(NothingMatched, match=r"no baseline is called 'gone' in .*; there are cut, well"):
        baselines.one("gone", tmp_path)


def test_a_table_reads_nothing_as_markup() -> None:
    out = io.StringIO()
    baselines.show([Row(name="main", run="[red]x\x1b[2J", machine="[/]")], Console(file=out, width=200))
    assert "[red]x" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_cautions_are_given_where_less_can_be_said() -> None:
    sound = run("a", timed())
    assert not list(baselines.cautions(baselines.Chosen("a", sound)))
    doubtful = run("a", found({"c": 2.0}), profile="smoke", place={"dirty": True})
    told = " ".join(baselines.cautions(baselines.Chosen("a", doubtful)))
    assert "smoke" in told
    assert "1 of its 1 records did not pass" in told
    assert "uncommitted" in told
    assert "smoke" not in " ".join(baselines.cautions(baselines.Chosen("a", replace(doubtful, profile="quick"))))


def test_a_run_in_the_folder_of_its_month_may_be_a_baseline(tmp_path: Path) -> None:
    folder = stored(tmp_path / "2026-11", "20261129T010203Z-ex01-cpu")
    for name in ("latest", folder.name, str(folder)):
        assert baselines.choose("main", name, tmp_path)[0].folder == folder.name
    assert baselines.one("main", tmp_path).gone == ""
