"""ex07.c: the exact sign test."""

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench_exercises.ex07_iris_by_hand import c_signs
from bench_exercises.ex07_iris_by_hand.c_signs import Signs, count


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5))
def test_the_sign_test_by_hand_is_scipys(wins, losses, ties):
    signs = Signs(wins, losses, ties)
    assert signs.p_by_hand == pytest.approx(signs.p, rel=1e-9)


def test_no_pair_decided_decides_nothing():
    assert Signs(0, 0, 3).p == Signs(0, 0, 3).p_by_hand == 1


def test_five_pairs_cannot_decide():
    assert Signs(5, 0, 0).p == pytest.approx(0.0625, rel=1e-12)
    assert Signs(5, 0, 0).p_by_hand == 0.0625


def test_signs_are_counted():
    assert count(torch.tensor([1.0, 2.0, -3.0, 0.0])) == Signs(2, 1, 1)


@pytest.mark.parametrize(
    ("signs", "winner"),
    [
        (Signs(11, 0, 9), "He"),
        (Signs(0, 11, 9), "Xavier"),
        (Signs(14, 6, 0), "undecided"),
        (Signs(6, 0, 0), "undecided"),
        (Signs(0, 0, 20), "undecided"),
    ],
)
def test_a_winner_follows_from_p(signs, winner):
    assert signs.winner("He", "Xavier") == winner


def test_the_kept_run_decides_no_measure():
    kept = json.loads((Path(c_signs.__file__).parent / "kept.json").read_text())
    metrics = kept["runs"][0]["records"][0]["findings"]["metrics"]
    found = [each["value"] for each in metrics if each["name"].startswith("p, sign test of")]
    assert len(found) == 5
    assert min(found) >= c_signs.DECIDES
