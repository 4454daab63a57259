"""ex05.a.ridge: the identity on paper."""

from __future__ import annotations

import torch

from bench_exercises.ex05_dropout_ensemble import a_ridge


def test_the_ridge_identity_on_paper():
    """x = 2, y = 1, w = 1, q = 1/2: half the time (1 - 4)² = 9, half the time 1; and (1 - 2)² + 4 = 5."""
    case = a_ridge.Regression(*(torch.tensor(v).double() for v in ([[2.0]], [1.0], [1.0])))
    assert a_ridge.expected_loss(case, case.weight, 0.5).item() == 5
    assert a_ridge.penalised_loss(case, case.weight, 0.5).item() == 5
    assert a_ridge.ridge_solution(case, 0.5).item() == 0.25
