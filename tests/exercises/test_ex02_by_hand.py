"""ex02, the optimum in closed form, on paper and on random tasks; alternating least squares."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.testing import lab
from bench_exercises.ex02_linear_networks import by_hand, network
from bench_exercises.ex02_linear_networks.b_speed import gapped
from bench_exercises.ex02_linear_networks.by_hand import numerical_rank, optimum
from bench_exercises.ex02_linear_networks.problem import Task, draw


def double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


ON_PAPER = Task(double((1, 0), (0, 1), (0, 0)), double((3, 0), (0, 1), (0, 2)))
"""P = [[3, 0], [0, 1], [0, 0]]: singular values 3 and 1, and an error of 4 that no map avoids."""

sizes = st.integers(1, 7)


def test_on_paper():
    best = optimum(ON_PAPER)
    assert best.singular.tolist() == pytest.approx([3, 1])
    assert [float(best.error(rank)) for rank in (0, 1, 2, 16)] == pytest.approx([14, 5, 4, 4])
    assert torch.allclose(best.map(1), double((3, 0), (0, 0)))
    assert torch.allclose(best.map(2), double((3, 0), (0, 1)))
    assert best.rank == 2


@given(sizes, sizes, sizes, st.integers(0, 99))
def test_no_rank_is_beaten_and_every_error_is_attained(n, d, m, seed):
    task, _ = draw(lab(seed), n, d, m)
    best = optimum(task)
    scale = float(task.y.square().sum())
    for rank in range(1, min(d, m) + 1):
        assert float(task.error(best.map(rank)) - best.error(rank)) == pytest.approx(0, abs=1e-10 * scale)
        assert numerical_rank(torch.linalg.svdvals(best.map(rank))) <= rank
    shortest = torch.linalg.pinv(task.x) @ task.y
    assert torch.allclose(best.map(m), shortest, rtol=0, atol=1e-8 * float(1 + shortest.abs().max()))


def test_dependent_inputs_are_not_inverted():
    task = Task(double((1, 1), (2, 2), (3, 3)), double((1,), (2,), (4,)))
    found = optimum(task)
    assert torch.allclose(found.ols, torch.linalg.pinv(task.x) @ task.y)
    assert found.rank == 1


def test_many_tasks_at_once_equal_one_by_one():
    tasks, true = draw(lab(), 9, 4, 3, many=5)
    together = optimum(tasks)
    for i in range(5):
        alone = optimum(Task(tasks.x[i], tasks.y[i]))
        assert torch.allclose(together.map(2)[i], alone.map(2), atol=1e-10)
        assert float(together.error(2)[i]) == pytest.approx(float(alone.error(2)))
    assert true.shape == (5, 4, 3)


def test_alternating_least_squares_reaches_the_optimum():
    here = lab()
    task = gapped(here, 6)
    start = network.initial(task, 4, here.generator())
    found = network.folded(by_hand.alternating(task, start[1], sweeps=60))
    assert torch.allclose(found, optimum(task).map(4), atol=1e-8)
