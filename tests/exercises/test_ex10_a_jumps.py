"""ex10, a: how far a curve jumps, predicted and observed."""

from __future__ import annotations

import math

import pytest
import torch

from bench_exercises.ex10_batch_size.a_jumps import jumps, pieces
from bench_exercises.ex10_batch_size.problem import Curves, History, Spread


def white(batch: int, deviation: float, steps: int = 8000) -> History:
    """A training whose weights stand still: every batch is the mean of ``batch`` independent costs."""
    costs = deviation * torch.randn(2, steps, batch, generator=torch.Generator().manual_seed(batch))
    train, test = costs.double().mean(2)
    looks = [
        Spread(step=step, train=deviation**2, train_error=0.0, test=deviation**2, test_error=0.0)
        for step in range(steps // 8, steps, steps // 4)
    ]
    curves = Curves(train, train, test, test)
    return History(batch=batch, curves=curves, seen=batch * torch.arange(1, steps + 1), epochs=(), spreads=tuple(looks))


@pytest.mark.parametrize("batch", [1, 8, 50])
def test_independent_costs_jump_as_predicted(batch: int) -> None:
    found = jumps(white(batch, 1.7), "test")
    assert abs(math.log(found.ratio)) < 4 * found.error
    assert found.error < 0.02
    assert found.predicted.tolist() == pytest.approx([2 * 1.7**2 / batch] * 4)


def test_twice_the_jumps_are_told_from_the_predicted() -> None:
    history = white(8, 1.0)
    history.curves.test_loss.mul_(1.1)
    found = jumps(history, "test")
    assert math.log(found.ratio) > 4 * found.error


def test_the_error_is_that_of_many_repetitions() -> None:
    logs = torch.tensor([math.log(jumps(white(batch, 1.0, 2000), "train").ratio) for batch in range(1, 41)])
    assert float(logs.std()) == pytest.approx(jumps(white(4, 1.0, 2000), "train").error, rel=0.5)


def test_a_curve_is_cut_half_way_between_the_looks() -> None:
    looks = white(1, 1.0, 8000).spreads
    assert [len(piece) for piece in pieces(torch.zeros(8000), looks)] == [2000] * 4
