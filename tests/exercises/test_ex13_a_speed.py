"""ex13.a.speed: the variants agree in both precisions."""

import pytest
import torch

from bench.kit.compare import relative_error
from bench.testing import lab, variants
from bench_exercises.ex13_early_stopping import exercise


@pytest.mark.parametrize("steps", [20, 200])
def test_variants_agree_in_both_precisions(steps):
    truth = variants(exercise, "a.speed", features=8, steps=steps)[exercise.parts["a.speed"].reference]()
    for dtype, bound in ((torch.float64, 1e-12), (torch.float32, 1e-4)):
        for name, call in variants(exercise, "a.speed", lab(dtype=dtype), features=8, steps=steps).items():
            assert relative_error(call().double(), truth) <= bound, name
