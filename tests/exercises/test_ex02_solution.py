"""ex02, the model solution: one step on paper, and three networks compared."""

import pytest
import torch

from bench_exercises.ex02_linear_networks import solution


def double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_a_step_on_paper():
    """Two samples, x = 1 and 2, y = 0: the cost is w²(1 + 4)/4 and its slope 5w/2."""
    model = solution.network(1, 1, None).double()
    torch.nn.init.constant_(model[0].weight, 2.0)
    costs = solution.train(model, double((1,), (2,)), double((0,), (0,)), learning_rate=0.1, epochs=1)
    assert costs == pytest.approx([5.0, 2.8125])
    assert solution.as_one_matrix(model).item() == pytest.approx(1.5)


def test_four_units_have_rank_four_and_cost_more():
    stream = torch.Generator().manual_seed(0)
    x, y = (torch.randn(40, size, generator=stream, dtype=torch.float64) for size in (8, 6))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        found = solution.compare(x, y)
    assert [found[name][1] for name in "ABC"] == [6, 4, 6]
    assert found["B"][0] > found["A"][0] == pytest.approx(found["C"][0])
