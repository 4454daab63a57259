"""The guests of a task: their names, their patience, and that none stays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.execute.guests import forking, invited
from bench.model import Guest
from tests.execute import hosting


def guest(name: str, source: str = "/a/mine.py") -> Guest:
    return Guest(source=source, exercise="ex90", part="a", offered="guest", name=name)


def processes(*guests: Guest) -> Iterator[Any]:
    return (SimpleNamespace(guest=each, name=each.name) for each in guests)


def test_a_guest_has_its_name() -> None:
    assert list(invited.named(processes(guest("one"), guest("two")), ["three"])) == ["one", "two"]


def test_one_that_is_called_like_another_is_told_apart_by_its_file() -> None:
    both = [guest("sum"), guest("sum", "/b/mine.py"), guest("sum", "/c/theirs.py")]
    assert list(invited.named(processes(*both), ["sum"])) == ["sum (mine.py)", "sum (/b/mine.py)", "sum (theirs.py)"]
    assert list(invited.named(processes(*both), [])) == ["sum", "sum (mine.py)", "sum (theirs.py)"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("sum", ["/a/mine.py", "/b/theirs.py"]), ("sum (theirs.py)", ["/b/theirs.py"]), ("other", []), (None, [])],
)
def test_those_that_are_meant_by_a_name_are_found(name: str | None, found: list[str]) -> None:
    guests = [guest("sum"), guest("sum", "/b/theirs.py")]
    assert [each.source for each in invited.called(guests, name)] == found


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is started and closed, in place of processes; "bad" cannot be started, "worse" cannot be closed."""
    log: list[str] = []

    def start(guest: Guest, order: object, task: object, patience: float) -> object:
        if guest.name == "bad":
            raise OSError("no more processes")
        log.append(f"{guest.name} for {patience:g} s")

        def close() -> None:
            log.append(f"closed {guest.name}")
            if guest.name == "worse":
                raise OSError("it stays")

        return SimpleNamespace(close=close)

    monkeypatch.setattr(forking, "start", start)
    return log


def come(folder: Path, *names: str, timeout: float | None = None) -> None:
    context = hosting.context("agree", {}, folder)
    order = replace(context.order, timeout=timeout)
    with invited.invited(order, context.task, map(guest, names)) as processes:
        assert len(processes) == len(names)


@pytest.mark.parametrize(("timeout", "patience"), [(None, 600), (40.0, 10), (4000.0, 120)])
def test_patience_is_a_part_of_the_time_that_the_task_has(
    started: list[str], tmp_path: Path, timeout: float | None, patience: float
) -> None:
    come(tmp_path, "one", timeout=timeout)
    assert started[0] == f"one for {patience:g} s"


def test_all_are_closed_when_one_cannot_be_started(started: list[str], tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no more processes"):
        come(tmp_path, "one", "two", "bad", "three")
    assert {each for each in started if "closed" in each} == {"closed one", "closed two"}


def test_all_are_closed_when_one_cannot_be(started: list[str], tmp_path: Path) -> None:
    with pytest.raises(OSError, match="it stays"):
        come(tmp_path, "one", "worse", "two")
    assert {each for each in started if "closed" in each} == {"closed one", "closed worse", "closed two"}
