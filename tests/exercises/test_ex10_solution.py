"""ex10: what a student could hand in, against the training of the run."""

from __future__ import annotations

import pytest
import torch

from bench.kit.compare import max_error
from bench.kit.data import mnist
from bench.testing import lab
from bench_exercises.ex10_batch_size import a_mistakes, solution
from bench_exercises.ex10_batch_size.network import initial
from bench_exercises.ex10_batch_size.problem import Digits, Feed


@pytest.mark.parametrize("batch", [1, 8])
def test_every_loop_is_the_solution_step_by_step(batch: int) -> None:
    here = lab()
    feed = Feed.draw(Digits.load(mnist(), here.device, here.dtype, 3 * batch), batch, 2, 1)
    expected = a_mistakes.by_the_solution(here, feed)
    found = dict(a_mistakes.engines(here, feed))
    assert len(found) == 3
    assert all(max_error(given, expected) < 1e-12 for given in found.values())


def test_the_network_is_the_sheets() -> None:
    net = solution.Net()
    net.load_state_dict(initial(0).state_dict())
    x = torch.randn(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    assert max_error(net.eval()(x), initial(0).eval()(x)) < 1e-6
