"""ex10, a: the spread of the costs at the weights of a training."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from bench.kit.data import mnist
from bench_exercises.ex10_batch_size import a_spread
from bench_exercises.ex10_batch_size.network import initial
from bench_exercises.ex10_batch_size.problem import Digits, Feed

DIGITS = Digits.load(mnist(), torch.device("cpu"), torch.float64, 40)


def test_it_is_the_variance_of_the_costs_and_leaves_the_training_alone() -> None:
    net = initial(0).double().train()
    state = torch.get_rng_state()
    found = a_spread.spread(net, 7, DIGITS, seed=3)
    assert torch.equal(torch.get_rng_state(), state)
    assert net.training
    costs = F.nll_loss(net.eval()(DIGITS.numbers(DIGITS.test_x)), DIGITS.test_y, reduction="none")
    assert found.step == 7
    assert found.test == pytest.approx(costs.var().item(), abs=1e-12)
    assert found.train > found.test  # masks add to it


def test_the_error_of_a_variance_is_that_of_many_samples() -> None:
    samples = torch.randn(400, 200, generator=torch.Generator().manual_seed(0)).double().exp()
    found = [a_spread.variance(sample) for sample in samples]
    spread = torch.tensor([value for value, _ in found]).log().std()
    assert sum(error for _, error in found) / len(found) == pytest.approx(float(spread), rel=0.35)


@pytest.mark.parametrize(("batch", "expected"), [(1, (10, 30, 50, 70)), (8, (1, 3, 6, 8)), (40, (1, 2))])
def test_looks_lie_in_the_middle_of_equal_pieces(batch: int, expected: tuple[int, ...]) -> None:
    assert a_spread.stops(Feed.draw(DIGITS, batch, 2, seed=0), 2) == expected
