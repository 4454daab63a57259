"""ex02, its gradients, on paper and against autograd."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench_exercises.ex02_linear_networks import network
from bench_exercises.ex02_linear_networks.problem import Task
from bench_exercises.ex02_linear_networks.reference import gradients_by_autograd


def double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


ON_PAPER = Task(double((1, 0), (0, 1), (0, 0)), double((3, 0), (0, 1), (0, 2)))
"""P = [[3, 0], [0, 1], [0, 0]]: singular values 3 and 1, and an error of 4 that no map avoids."""

sizes = st.integers(1, 7)


def test_gradients_on_paper():
    weights = [double((1,), (2,)), double((1, 0))]
    assert network.folded(weights).tolist() == [[1, 0], [2, 0]]
    first, second = network.gradients(ON_PAPER, weights)
    assert first.flatten().tolist() == pytest.approx([-2 / 3, 2 / 3])
    assert second.flatten().tolist() == pytest.approx([2 / 3, -2 / 3])


@given(sizes, st.lists(sizes, min_size=1, max_size=3), st.integers(0, 99))
def test_gradients_by_hand_equal_autograd(n, widths, seed):
    stream = torch.Generator().manual_seed(seed)
    shapes = [*zip([4, *widths], [*widths, 3], strict=True)]
    weights = [torch.randn(shape, generator=stream, dtype=torch.float64) for shape in shapes]
    task = Task(*(torch.randn(n, k, generator=stream, dtype=torch.float64) for k in (4, 3)))
    for a, b in zip(network.gradients(task, weights), gradients_by_autograd(task, weights), strict=True):
        assert torch.allclose(a, b, rtol=0, atol=1e-10 * float(1 + b.abs().max()))
