"""Tests of one exercise meet in one worker, and nothing else is moved."""

import pytest

from tests import conftest
from tests.sharing_out import ByExercise, scope


@pytest.mark.parametrize(
    ("test", "piece"),
    [
        ("tests/exercises/test_ex10_a_compiled.py::TestTraining::test_one[1-8]", "tests/exercises/test_ex10"),
        ("tests/exercises/test_ex10_by_hand.py::test_two", "tests/exercises/test_ex10"),
        ("exercises/test_ex10_by_hand.py::test_two", "exercises/test_ex10"),
        ("tests/exercises/test_ex03.py::test_three", "tests/exercises/test_ex03"),
        ("tests/exercises/test_extremes.py::test_four[ex10]", "tests/exercises/test_extremes.py"),
        ("tests/kit/test_compare.py::test_five[a::b]", "tests/kit/test_compare.py"),
    ],
)
def test_an_exercise_is_one_piece_and_every_other_file_another(test: str, piece: str) -> None:
    assert scope(test) == piece


@pytest.mark.parametrize(("dist", "ours"), [("loadfile", True), ("load", False), ("no", False)])
def test_another_way_of_sharing_is_left_alone(
    dist: str, ours: bool, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytestconfig.option, "dist", dist)
    monkeypatch.setattr(pytestconfig.option, "tx", ["popen", "popen"])
    made = conftest.pytest_xdist_make_scheduler(pytestconfig, None)
    assert isinstance(made, ByExercise) is ours
