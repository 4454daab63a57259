"""A kernel is learnt by two convolutions a step, which are a matrix and its transpose."""

from collections.abc import Callable

import pytest
import torch

from bench import Lab
from bench.testing import run_part
from bench_exercises import ex13_early_stopping as ex13
from bench_exercises.ex13_early_stopping import a_kernel, by_hand
from bench_exercises.ex13_early_stopping.problem import Regression


@pytest.fixture
def signal(bench_lab: Callable[..., Lab]) -> torch.Tensor:
    return a_kernel.draw(bench_lab())[0]


def test_forward_and_backward_are_the_matrix_of_windows_and_its_transpose(signal: torch.Tensor) -> None:
    n = len(signal)
    matrix = torch.stack([torch.stack([signal[(t + u) % n] for u in range(n)]) for t in range(n)])
    w = torch.linspace(-1, 2, n).to(signal)
    torch.testing.assert_close(a_kernel.forward(signal, w), matrix @ w)
    torch.testing.assert_close(a_kernel.backward(signal, w), matrix.T @ w)


def test_descent_by_convolutions_is_descent_by_matrices(signal: torch.Tensor) -> None:
    n = len(signal)
    windows = torch.stack([signal.roll(-t) for t in range(n)])
    z = windows @ torch.linspace(1, -1, n).to(signal)
    by_matrix = by_hand.descend(Regression(windows, z), 0.1, 30)
    torch.testing.assert_close(a_kernel.descend(signal, z, 0.1, 30), by_matrix)


def test_the_loudest_frequency_has_curvature_one_and_the_quietest_far_less(signal: torch.Tensor) -> None:
    curvature = a_kernel.spectrum(signal)
    assert float(curvature.max()) == pytest.approx(1)
    assert float(curvature.min()) < 0.05


def test_a_shift_counts_as_a_share_of_its_own(signal: torch.Tensor) -> None:
    assert torch.allclose(a_kernel.share(signal, signal), torch.ones_like(signal))
    assert float(a_kernel.share(signal.roll(1), signal).max()) > 1.3


@pytest.mark.parametrize("steps", [1, 20])
def test_all_claims_hold_at_other_settings(steps: int) -> None:
    findings = run_part(ex13.exercise, "a.kernel", rate=0.5, steps=steps)
    assert [claim.name for claim in findings.claims if not claim.passed] == []
