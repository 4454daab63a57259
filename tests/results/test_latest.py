"""The newest results of an exercise: finished, no smoke, and with records of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import plain_file
from bench.model import SCHEMA, Case, Environment, Record, Run
from bench.results import folders, latest, named, store
from tests import histories

PLACE = Environment(python="3.11", torch="2", platform="Linux", cpu="c", cores=1, memory=1, threads=1)
RUN = Run(
    schema=SCHEMA,
    id="",
    created="2026-11-24T18:05:00+00:00",
    command=("bench", "run"),
    profile="quick",
    devices=("cpu",),
    seeds=(0,),
    data="embedded",
    environment=PLACE,
)


def keep(root: Path, name: str, *exercises: str, **more: Any) -> None:
    records = tuple(
        Record(case=Case(exercise=exercise, part="a", device="cpu", seed=0), outcome="ok") for exercise in exercises
    )
    (root / name).mkdir(parents=True)
    store.write(replace(RUN, id=name, records=records, **more), root / name)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    keep(tmp_path, "20261101T000000Z-ex07-cpu", "ex07")
    keep(tmp_path, "20261102T000000Z-ex07.b+ex09-cpu", "ex07", "ex09")
    keep(tmp_path, "20261103T000000Z-all-cpu", "ex07", "ex10", finished=False)
    keep(tmp_path, "20261104T000000Z-ex07-cpu", "ex07", profile="smoke")
    keep(tmp_path, "20261105T000000Z-ex070-cpu", "ex070")
    keep(tmp_path, "20261106T000000Z-ex07-cpu")
    keep(tmp_path, "reference-ex10", "ex10")
    (tmp_path / "20261107T000000Z-ex07-cpu").mkdir()
    (tmp_path / "20261107T000000Z-ex07-cpu" / "run.json").write_text("{")
    return tmp_path


def test_a_question_has_the_newest_run_that_measured_it(root: Path) -> None:
    def found(question: str) -> str:
        run = latest.results_of("ex07", root, question)
        return run.id if run else ""

    part = Case(exercise="ex07", part="b.speed", device="cpu", seed=0)
    name = "20261101T120000Z-ex07.b.speed-cpu"
    (root / name).mkdir()
    store.write(replace(RUN, id=name, records=(Record(case=part, outcome="ok"),)), root / name)
    assert [found(question) for question in ("", "a", "b", "b.speed", "b.s")] == [
        "20261102T000000Z-ex07.b+ex09-cpu",
        "20261102T000000Z-ex07.b+ex09-cpu",
        name,
        name,
        "",
    ]


@pytest.mark.parametrize(
    ("exercise", "name"),
    [("ex07", "20261102T000000Z-ex07.b+ex09-cpu"), ("ex09", "20261102T000000Z-ex07.b+ex09-cpu"), ("ex10", None)],
)
def test_the_newest_finished_one_counts(root: Path, exercise: str, name: str | None) -> None:
    run = latest.results_of(exercise, root)
    assert (run.id if run else None) == name


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert latest.results_of("ex07", tmp_path / "results") is None


def test_of_many_runs_not_all_are_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest, "LOOKED_AT", 2)
    assert latest.results_of("ex07", root) is None


def test_the_newest_may_lie_in_the_folder_of_its_month(root: Path) -> None:
    keep(root / "2026-12", "20261201T000000Z-ex09-cpu", "ex09")
    found = latest.results_of("ex09", root)
    assert found is not None
    assert found.id == "20261201T000000Z-ex09-cpu"


@pytest.mark.parametrize(
    "ask",
    [
        lambda root: named.resolve("latest", root),
        lambda root: named.resolve("latest~1", root),
        lambda root: latest.results_of("ex07", root),
    ],
)
def test_of_very_many_runs_no_more_are_asked_and_read_than_of_few(
    ask: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    histories.keep(tmp_path / "few", *map(histories.run, range(3)))
    histories.keep(tmp_path / "many", *map(histories.run, range(200)))
    touched: list[str] = []
    is_run, opened = folders._is_run, plain_file.opened
    monkeypatch.setattr(folders, "_is_run", lambda folder: bool(touched.append("asked")) or is_run(folder))
    monkeypatch.setattr(plain_file, "opened", lambda path: touched.append("read") or opened(path))
    ask(tmp_path / "few")
    few = touched.copy()
    touched.clear()
    ask(tmp_path / "many")
    assert touched == few != []
