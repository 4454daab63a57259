"""ex01.c: the Hessian by hand is autograd's at any target, and ranks follow from the number of samples."""

from functools import partial

import pytest
import torch

from bench.kit.compare import relative_error
from bench_exercises.ex01_one_step_by_hand import c_sheets_net, network, problem

W = torch.tensor(problem.WEIGHTS, dtype=torch.float64)


@pytest.mark.parametrize("loss", network.LOSSES)
@pytest.mark.parametrize("ordering", problem.ORDERINGS)
@pytest.mark.parametrize("x", [problem.INPUTS, problem.PROBE], ids=["sheet", "probe"])
def test_the_hessian_by_hand_is_autograds(loss, ordering, x):
    x = torch.tensor(x, dtype=torch.float64)
    value = partial(network.loss_at, x=x, loss=loss, ordering=ordering, target=0.7)
    found = c_sheets_net.hessian_by_hand(W, x, loss=loss, ordering=ordering, target=0.7)
    assert relative_error(found, torch.autograd.functional.hessian(value, W)) < 1e-12


@pytest.mark.parametrize(("samples", "hessian", "product"), [(1, 4, 1), (2, 6, 2), (3, 8, 3), (5, 8, 5), (10, 8, 7)])
def test_ranks_of_several_samples(samples, hessian, product):
    for seed in range(3):
        found = c_sheets_net.ranks(W, samples, torch.Generator().manual_seed(seed))
        assert found == {"samples": samples, "Hessian": hessian, "JᵀJ": product}
