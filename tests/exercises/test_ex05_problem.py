"""ex05: masks and their chances on paper, a walk over all of them, and what is refused."""

from __future__ import annotations

import pytest
import torch

from bench_exercises.ex05_dropout_ensemble import problem
from bench_exercises.ex05_dropout_ensemble.problem import Head


def test_masks_on_paper():
    like = torch.zeros((), dtype=torch.float64)
    every = problem.every_mask(2, like)
    assert every.tolist() == [[0, 0], [1, 0], [0, 1], [1, 1]]
    assert problem.probabilities(every, 0.75).tolist() == [1 / 16, 3 / 16, 3 / 16, 9 / 16]
    assert problem.gray_flips(3) == [0, 1, 0, 2, 0, 1, 0]


def test_a_gray_code_visits_every_mask_once():
    at, seen = 0, {0}
    for unit in problem.gray_flips(7):
        at ^= 1 << unit
        seen.add(at)
    assert len(seen) == 2**7


def test_bad_parameters_are_named():
    like = torch.zeros(())
    with pytest.raises(ValueError, match="units=40"):
        problem.every_mask(40, like)
    with pytest.raises(ValueError, match="keep=1"):
        problem.probabilities(torch.ones(1, 1), 1.0)
    with pytest.raises(ValueError, match=r"hidden \(1, 2\), weight \(3, 4\)"):
        Head(torch.zeros(1, 2), torch.zeros(3, 4), torch.zeros(4))
