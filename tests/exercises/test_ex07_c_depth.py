"""ex07.c.depth: the study passes and repeats, and a gain that is NaN does not pass."""

from dataclasses import replace

import pytest

from bench.testing import failed, lab, run_part
from bench_exercises.ex07_iris_by_hand import exercise
from bench_exercises.ex07_iris_by_hand.c_depth import claims, off_theory, pass_through


@pytest.mark.parametrize("seed", [0, 23])
def test_the_study_passes_and_repeats(seed):
    first = run_part(exercise, "c.depth", lab(seed))
    assert len(first.claims) == 16
    assert failed(first) == {}
    again, part = lab(seed), exercise.parts["c.depth"]
    part.run(again, **part.described.at("smoke").parameters)  # whatever the global streams hold
    assert first == again.findings


def test_a_gain_that_is_nan_does_not_pass():
    here = lab()
    passages = pass_through(here, 1, 4)
    passages["tanh", "Xavier"] = [replace(p, gradient=p.gradient * float("nan")) for p in passages["tanh", "Xavier"]]
    with pytest.raises(ValueError, match="chance allows"):
        claims(here, passages)


def test_he_without_its_2_is_off_theory():
    assert off_theory(("ReLU", "He"), 1.0, 1) < 0.01
    assert off_theory(("ReLU", "He"), 0.707, 1) > 1
