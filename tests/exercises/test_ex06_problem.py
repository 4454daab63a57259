"""ex06: parameters that do not belong together are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from bench.testing import lab
from bench_exercises.ex06_pointwise_convolution import (
    a_mixing,
    a_stack,
    a_xor,
    problem,
)


def drawn(batch: int = 2, inputs: int = 3, outputs: int = 4, side: int = 3, *, seed: int = 0) -> problem.Problem:
    return problem.Problem.draw(lab(seed), batch=batch, inputs=inputs, outputs=outputs, side=side)


def test_other_bad_parameters_are_refused():
    case = drawn()
    with pytest.raises(ValueError, match=r"\(2, 4, 3, 2\); the layer's output has shape \(2, 4, 3, 3\)"):
        replace(case, upstream=case.upstream[..., :2])
    with pytest.raises(ValueError, match="at least 1"):
        drawn(batch=0)
    with pytest.raises(ValueError, match="one sample"):
        a_mixing.jacobian(lambda h: h, case.maps)
    with pytest.raises(ValueError, match=r"maps of \(2, 2\) out of \(3, 3\)"):
        a_mixing.jacobian(lambda h: h[..., :2, :2], case.maps[:1])
    with pytest.raises(ValueError, match="input and an output width"):
        a_stack.perceptron((3,), torch.Generator())
    with pytest.raises(ValueError, match="at least 8 pixels"):
        a_xor.pattern(4)
