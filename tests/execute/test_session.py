"""Whole runs: kept, stopped, continued, and never measured twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.errors import BenchError, NothingMatched, UsageError
from bench.execute import prepare
from bench.execute.executors.local import Workers
from bench.execute.session import Session, reopen
from bench.model import Record, Run
from bench.results import journal, store

Begin = Callable[..., Session]


def test_a_run_is_on_disk_as_it_was_returned(begin: Begin) -> None:
    session = begin("ex90")
    run = session.run()
    assert store.read(session.folder) == run
    assert run.finished
    assert [record.case.variant for record in run.records] == [None, "sum", "product", "sum", "product"]
    assert all(record.passed for record in run.records)
    assert run.exercises[0].title == "Sums, done right"
    assert run.id == session.folder.name


def test_every_record_is_told_once(begin: Begin) -> None:
    told: list[Record] = []
    run = begin("ex90", measured=told.append).run()
    assert tuple(told) == run.records


def interrupted(begin: Begin, tmp_path: Path) -> tuple[Session, Run]:
    def interrupt(record: Record) -> None:
        raise KeyboardInterrupt

    session = begin("ex90", measured=interrupt)
    return session, session.run()


def test_what_finished_is_kept_and_nothing_is_measured_twice(
    begin: Begin, workers: Workers, voice: SimpleNamespace, tmp_path: Path
) -> None:
    session, half = interrupted(begin, tmp_path)
    assert session.interrupted
    assert not half.finished
    assert len(half.records) == 1
    whole = reopen(session.folder, workers, voice, lambda _: None).run()
    assert whole.finished
    assert whole.records[0] == half.records[0]
    assert len(whole.records) == 5
    tasks = [store.encode(one.task) for one in journal.read(session.folder).observations]
    assert len(tasks) == len(set(tasks))


def test_a_study_that_ran_out_of_time_goes_on(begin: Begin, workers: Workers, voice: SimpleNamespace) -> None:
    session = begin("ex96.ok", "ex96.slow", timeout=2.0)
    first = session.run()
    assert [record.outcome for record in first.records] == ["ok", "timeout"]
    again = reopen(session.folder, workers, voice, lambda _: None).run()
    assert [record.outcome for record in again.records] == ["ok", "ok"]
    assert again.records[0] == first.records[0]
    assert reopen(session.folder, workers, voice, lambda _: None).run() == again


def test_what_was_missing_is_looked_for_again(begin: Begin, workers: Workers, voice: SimpleNamespace) -> None:
    session = begin("ex96.ok", "ex96.later")
    first = session.run()
    assert [record.outcome for record in first.records] == ["ok", "skipped"]
    again = reopen(session.folder, workers, voice, lambda _: None).run()
    assert [record.outcome for record in again.records] == ["ok", "ok"]
    assert again.records[0] == first.records[0]
    assert reopen(session.folder, workers, voice, lambda _: None).run() == again


def test_a_finished_run_resumes_to_itself(begin: Begin, workers: Workers, voice: SimpleNamespace) -> None:
    session = begin("ex90.a")
    run = session.run()
    size = (session.folder / "journal.jsonl").stat().st_size
    assert reopen(session.folder, workers, voice, lambda _: None).run() == run
    assert (session.folder / "journal.jsonl").stat().st_size == size


def test_another_machine_does_not_go_on(
    begin: Begin, workers: Workers, voice: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = begin("ex96.ok")
    session.run()
    gather = prepare.environment.gather
    elsewhere = lambda *given: replace(gather(*given), cpu="another")  # noqa: E731
    monkeypatch.setattr(prepare.environment, "gather", elsewhere)
    with pytest.raises(BenchError, match="different cpu"):
        reopen(session.folder, workers, voice, lambda _: None)


def test_exitfirst_stops_after_the_first_failure(begin: Begin) -> None:
    session = begin("ex96.ok", "ex96.claim", "ex96.skip", stop_first=True)
    run = session.run()
    assert [record.case.part for record in run.records] == ["ok", "claim"]
    assert not run.finished
    assert not session.interrupted


def test_broken_plugins_are_rows_and_the_others_run(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "IMPORT_SECONDS", 5.0)
    run = begin("ex91", "ex92", "ex93", "ex94", "ex96.ok").run()
    reasons = {one.exercise: one.reason for one in run.broken}
    assert reasons["ex91"] == "RuntimeError: the import went wrong"
    assert "bench_excercise" in reasons["ex92"]
    assert "hangs" in reasons["ex93"]
    assert "SIGSEGV" in reasons["ex94"]
    assert [record.outcome for record in run.records] == ["ok"]


def test_parameters_and_seeds_make_cases(begin: Begin) -> None:
    header = begin("ex90", seeds=(3, 4), given={"n": ("5",), "scale": ("1", "2")}).header
    cases = [(task.case.part, task.case.seed, task.case.parameters) for task in header.tasks]
    assert len(cases) == 2 * 2 + 2
    assert ("a.speed", 4, {"n": 5}) in cases
    assert ("a", 3, {"scale": 2.0, "sizes": (1, 2)}) in cases


@pytest.mark.parametrize(
    ("names", "options", "error", "says"),
    [
        (("ex89",), {}, NothingMatched, "did you mean ex9"),
        (("ex90.z",), {}, NothingMatched, "has no part 'z'"),
        (("ex90",), {"given": {"m": ("1",)}}, UsageError, "no selected part has a parameter 'm'"),
        (("ex90",), {"given": {"n": ("x",)}}, UsageError, "whole number"),
        (("ex90",), {"device": "tpu"}, UsageError, "choose cpu"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(
    begin: Begin, tmp_path: Path, names: tuple[str, ...], options: dict[str, object], error: type, says: str
) -> None:
    with pytest.raises(error, match=says):
        begin(*names, **options)
    assert not list(tmp_path.iterdir())
