"""ex02, the ways through two layers agree."""

import pytest
import torch

from bench.testing import lab, variants
from bench_exercises.ex02_linear_networks import b_fold, exercise

PART, GIVEN = exercise.parts["b.fold"], {"width": 4, "features": 32, "batch": 8}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_variants_agree(seed):
    truth = variants(exercise, PART.id, lab(seed), **GIVEN)[PART.reference]()
    for name, call in variants(exercise, PART.id, lab(seed, dtype=torch.float32), **GIVEN).items():
        gap = float((call().double() - truth).abs().max() / truth.abs().max())
        assert gap <= (PART.tolerance or 4e-6), name


def test_a_width_of_nothing_is_named():
    with pytest.raises(ValueError, match="width=0"):
        b_fold.variants(lab(), 0, 4, 4)
