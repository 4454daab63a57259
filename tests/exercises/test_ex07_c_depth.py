"""ex07.c.depth: the study passes and repeats, and a gain that is NaN does not pass."""

from dataclasses import replace

import pytest

from bench.testing import failed, lab, run_part
from bench_exercises.ex07_iris_by_hand import exercise
from bench_exercises.ex07_iris_by_hand.c_depth import claims, off_theory, pass_through


def test_the_study_passes_and_repeats():
    first = run_part(exercise, "c.depth", lab())
    assert len(first.claims) == 23
    assert failed(first) == {}
    again, part = lab(), exercise.parts["c.depth"]
    part.run(again, **part.described.at("smoke").parameters)  # whatever the global streams hold
    assert first == again.findings


def test_the_study_passes_at_another_seed():
    assert failed(run_part(exercise, "c.depth", lab(23))) == {}


def test_a_gain_that_is_nan_does_not_pass():
    here = lab()
    passages = pass_through(here, 1, 4)
    pair = ("tanh", "4 × Xavier")
    passages[pair] = [replace(p, gradient=p.gradient * float("nan")) for p in passages[pair]]
    with pytest.raises(ValueError, match="chance allows"):
        claims(here, passages)


def test_he_without_its_2_is_off_theory():
    assert off_theory(("ReLU", "He"), 1.0, 1) < 0.01
    assert off_theory(("ReLU", "He"), 0.707, 1) > 1
