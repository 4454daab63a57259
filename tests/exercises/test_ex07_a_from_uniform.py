"""ex07.a: the study passes and repeats, and a loss that is NaN does not pass."""

import pytest

from bench.testing import failed, lab, run_part
from bench_exercises.ex07_iris_by_hand import a_from_uniform, exercise
from bench_exercises.ex07_iris_by_hand.problem import SHEET


@pytest.mark.parametrize("seed", [0, 23])
def test_the_study_passes_and_repeats(seed):
    first = run_part(exercise, "a", lab(seed))
    assert len(first.claims) == 14
    assert failed(first) == {}
    again, part = lab(seed), exercise.parts["a"]
    part.run(again, **part.described.at("smoke").parameters)  # whatever the global streams hold
    assert first == again.findings


@pytest.mark.parametrize("features", a_from_uniform.FEATURES)
def test_a_loss_that_is_nan_does_not_pass(features):
    here = lab()
    ways = a_from_uniform.trained(here, 3, 2, SHEET)
    ways[features, "softmax twice"]["train loss"][1, 2] = float("nan")
    with pytest.raises(ValueError, match="lowest train loss of all epochs and seeds' is nan"):
        a_from_uniform.claims(here, ways, 3, SHEET)
