"""What is timed has a host for itself; what is not goes side by side."""

import os
from pathlib import Path

import pytest

from bench.cluster.turns import Unwanted, turn


@pytest.fixture(autouse=True)
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path / "locks"))


def had(*, alone: bool) -> bool:
    """Whether somebody who asks twice gets a turn now."""
    answers = iter([True, False])
    try:
        with turn(alone=alone, wanted=lambda: next(answers), pause=lambda _: None):
            return True
    except Unwanted:
        return False


def test_what_is_not_timed_goes_side_by_side() -> None:
    with turn(alone=False, wanted=lambda: True):
        assert had(alone=False)
        assert not had(alone=True)


def test_what_is_timed_is_alone() -> None:
    with turn(alone=True, wanted=lambda: True):
        assert not had(alone=False)
        assert not had(alone=True)
    assert had(alone=True)


def test_a_turn_comes_when_the_one_before_is_over() -> None:
    first = turn(alone=True, wanted=lambda: True)
    first.__enter__()
    with turn(alone=False, wanted=lambda: True, pause=lambda _: first.__exit__(None, None, None)):
        pass


def test_a_child_that_inherits_the_lock_keeps_the_turn() -> None:
    with turn(alone=True, wanted=lambda: True) as lock:
        inherited = os.dup(lock)
    assert not had(alone=False)
    os.close(inherited)
    assert had(alone=False)
