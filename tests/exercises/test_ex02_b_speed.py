"""ex02, the ways to the optimum agree."""

import pytest
import torch

from bench.testing import lab, variants
from bench_exercises.ex02_linear_networks import b_speed, exercise

PART, GIVEN = exercise.parts["b.speed"], {"size": 8}


@pytest.mark.parametrize("seed", [0])
def test_variants_agree(seed):
    truth = variants(exercise, PART.id, lab(seed), **GIVEN)[PART.reference]()
    for name, call in variants(exercise, PART.id, lab(seed, dtype=torch.float32), **GIVEN).items():
        gap = float((call().double() - truth).abs().max() / truth.abs().max())
        assert gap <= (PART.tolerance or 4e-6), name


def test_a_size_below_the_rank_is_named():
    with pytest.raises(ValueError, match="size=3 is too small"):
        b_speed.gapped(lab(), 3)
