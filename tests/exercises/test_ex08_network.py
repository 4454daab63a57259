"""ex08: stacked networks are the single ones, with batch norm over the batch."""

import pytest
import torch

from bench.kit.compare import max_error
from bench_exercises.ex08_normalisation import by_hand, network, problem


def test_bad_designs_are_named():
    with pytest.raises(ValueError, match=r"depth=0"):
        network.Design(True, "ReLU", depth=0)
    with pytest.raises(ValueError, match="softsign"):
        network.Design(True, "softsign")


def test_networks_normalise_over_the_batch():
    z = torch.randn(3, 5, 16, generator=torch.Generator().manual_seed(0)).double()
    for one, expected in zip(network.along_batch(z), z, strict=True):
        assert max_error(one.T, by_hand.over_batch(expected.T)) < 1e-12


@pytest.mark.parametrize("normed", [False, True])
def test_stacked_networks_are_single_networks(normed):
    """Losses and steps of R networks at once are those of each alone."""
    gains, rates = torch.tensor([0.5, 2.0]).double(), torch.tensor([0.1, 0.2]).double()
    design = network.Design(normed, "sigmoid", depth=2, width=4)
    both = network.Networks.draw(design, gains, 1, torch.Generator().manual_seed(0))
    x, y = problem.examples(8, torch.Generator().manual_seed(1), gains)
    for _ in range(2):
        losses = both.step(x, y, rates)
    for k in range(2):
        one = network.Networks.draw(design, gains[k : k + 1], 1, torch.Generator().manual_seed(0))
        one.step(x, y, rates[k : k + 1])
        assert one.step(x, y, rates[k : k + 1]).item() == pytest.approx(losses[k].item(), rel=1e-12)
