"""ex06: variants agree, and what the problem asks for is what is counted."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from bench.testing import agreements, lab, variants
from bench_exercises.ex06_pointwise_convolution import (
    exercise,
    problem,
)

COMPARISONS = [part for part in exercise.parts.values() if part.kind == "comparison"]


@pytest.mark.parametrize("part", COMPARISONS, ids=lambda part: part.id)
def test_variants_agree_with_the_reference_in_float64(part):
    small = {"batch": 2, "channels": 8, "side": 5}
    for name, found in agreements(exercise, part.id, **small).items():
        assert found.passed, name


@pytest.mark.parametrize("variant", ["conv2d", "matmul"])
def test_operations_and_bytes_of_the_layer_are_those_that_are_seen(variant):
    case = {"batch": 2, "channels": 8, "side": 5}
    operands = problem.Problem.draw(lab(dtype=torch.float32), batch=2, inputs=8, outputs=8, side=5).operands
    with FlopCounterMode(display=False) as counter:
        output = variants(exercise, "a.speed", lab(dtype=torch.float32), **case)[variant]()
    work = exercise.parts["a.speed"].work(**case)
    assert work.flops == counter.get_total_flops()
    assert work.bytes == output.nbytes + sum(tensor.nbytes for tensor in operands)
