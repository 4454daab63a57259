"""ex06.a: a backward pass that is planted wrong fails the claim of its name; mistakes that claims notice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from bench.mistakes import TABLE
from bench.testing import failed, lab, run_part
from bench_exercises.ex06_pointwise_convolution import (
    by_hand,
    checks,
    exercise,
    network,
    problem,
)


def drawn(batch: int = 2, inputs: int = 3, outputs: int = 4, side: int = 3, *, seed: int = 0) -> problem.Problem:
    return problem.Problem.draw(lab(seed), batch=batch, inputs=inputs, outputs=outputs, side=side)


BUGS: dict[str, Callable[[problem.Problem, dict[str, Tensor]], dict[str, Tensor]]] = {
    "bias left out": lambda case, right: {"output": right["output"] - case.bias[:, None, None]},
    "bias gradient averaged": lambda case, right: {"bias gradient": right["bias gradient"] / 9},
    "only the first sample": lambda case, right: {"bias gradient": case.upstream[0].sum((1, 2))},
    "wrong sign": lambda case, right: {"input gradient": -right["input gradient"]},
    "weight transposed": lambda case, right: {
        "input gradient": torch.einsum("ji,niyx->njyx", case.weight, case.upstream)
    },
    "upstream ignored": lambda case, right: {"weight gradient": network.rows(case.maps).sum(0).expand(3, 3)},
    "rows and columns swapped": lambda case, right: {"output": right["output"].mT},
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_fails_a_claim(bug, monkeypatch):
    right = by_hand.every_pixel_a_row
    monkeypatch.setattr(by_hand, "every_pixel_a_row", lambda case: {**right(case), **BUGS[bug](case, right(case))})
    found = run_part(exercise, "a", inputs=3, outputs=3, side=3)
    assert "by hand, every pixel a row = autograd" in failed(found)


def test_eight_mistakes_fail_a_claim():
    (table,) = (table for table in run_part(exercise, "a").tables if table.name == TABLE)
    assert len(table.rows) == 8


def test_parameters_are_counted_by_rank():
    case = drawn()
    assert checks.free_parameters(network.conv2d, case) == 4 * 3 + 4
    assert checks.free_parameters(lambda maps, weight, bias: network.conv2d(maps, weight * 0, bias), case) == 4
