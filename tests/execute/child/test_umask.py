"""A task may choose whatever umask it likes: the folder that it shares with others stays open to them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.execute.child import tasks
from bench.execute.messages import Order, Progress
from bench.model import Case, Task

EXERCISE = """
import os
from bench import Exercise, hookimpl
exercise = Exercise()

@exercise.study("a", "closes what it makes, and makes it")
def a(lab):
    os.umask(0o777)
    lab.folder.mkdir(parents=True)

@exercise.study("b", "makes nothing")
def b(lab):
    os.umask(0o777)

@hookimpl
def bench_exercise():
    return exercise
"""


class Silent:
    def send(self, message: Progress) -> None: ...
    def mark(self, variant: str) -> None: ...


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "closing_exercise.py").write_text(EXERCISE)
    monkeypatch.syspath_prepend(tmp_path)
    return "closing_exercise"


def order(module: str, part: str, run: Path) -> Order:
    case = Case(exercise="ex01", part=part, device="cpu", seed=0)
    return Order(
        kind="task",
        module=module,
        exercise="ex01",
        task=Task("study", case),
        profile="smoke",
        folder=str(run / case.folder),
    )


def test_others_can_go_where_it_has_been(module: str, tmp_path: Path) -> None:
    assert tasks.perform(order(module, "a", tmp_path), Silent()).outcome == "ok"
    assert stat.S_IMODE((tmp_path / "figures").stat().st_mode) == 0o755


def test_nothing_stays_where_nothing_was_put(module: str, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert tasks.perform(order(module, "b", tmp_path / "run"), Silent()).outcome == "ok"
    assert list((tmp_path / "run").iterdir()) == []
