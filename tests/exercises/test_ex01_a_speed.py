"""ex01.a.speed and ex01.b.speed: variants agree, and give the same twice."""

import pytest
import torch

from bench.testing import lab, variants
from bench_exercises.ex01_one_step_by_hand import exercise


@pytest.mark.parametrize("part", ["a.speed", "b.speed"])
def test_variants_agree(part):
    for dtype, bound in ((torch.float64, 1e-7), (torch.float32, 1e-3)):
        calls = variants(exercise, part, lab(3, dtype=dtype))
        truth = calls[exercise.parts[part].reference]()
        for call in calls.values():
            first, second = call(), call()
            assert first.dtype == dtype
            assert torch.equal(first, second)
            assert float((first - truth).abs().max() / truth.abs().max()) < bound
