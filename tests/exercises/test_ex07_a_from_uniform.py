"""ex07.a: the study passes and repeats, and a loss that is NaN does not pass."""

from pathlib import Path

import pytest
import torch

from bench import Lab
from bench_exercises.ex07_iris_by_hand import a_from_uniform, exercise


def a_lab(seed=0, folder=Path("unused")):
    return Lab(device=torch.device("cpu"), dtype=torch.float64, seed=seed, profile="smoke", folder=folder)


@pytest.mark.parametrize("seed", [0, 23])
def test_the_study_passes_and_repeats(seed, tmp_path):
    def findings():
        lab = a_lab(seed, tmp_path)
        exercise.parts["a"].run(lab, **exercise.parts["a"].described.at(lab.profile).parameters)
        return lab.findings

    first = findings()
    assert len(first.claims) == 8
    assert [claim for claim in first.claims if not claim.passed] == []
    assert first == findings()


@pytest.mark.parametrize("features", a_from_uniform.FEATURES)
def test_a_loss_that_is_nan_does_not_pass(features):
    lab = a_lab()
    ways = a_from_uniform.trained(lab, 3, 2)
    ways[features, "softmax twice"]["train loss"][1, 2] = float("nan")
    with pytest.raises(ValueError, match="lowest train loss of all epochs and seeds' is nan"):
        a_from_uniform.claims(lab, ways, 3)
