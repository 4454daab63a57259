"""Penalties are what their formulas say, and leave biases alone."""

import pytest
import torch
from torch import nn

from bench.kit.training import l1, l2, seeded


def test_penalties_are_sums_over_weights_alone() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3)).double()
    weights = [net[0].weight, net[3].weight]
    assert l1(0.5)(net).item() == pytest.approx(0.5 * sum(w.abs().sum().item() for w in weights), rel=1e-12)
    l2(0.5)(net).backward()
    assert all(torch.allclose(w.grad, 0.5 * w, rtol=1e-12) for w in weights)
    assert net[1].weight.grad is None
    assert net[3].bias.grad is None


def test_l2_is_sgd_s_weight_decay() -> None:
    with seeded(0, torch.device("cpu")):
        ours = nn.Linear(4, 3, bias=False).double()
    theirs = nn.Linear(4, 3, bias=False).double()
    theirs.load_state_dict(ours.state_dict())
    x = torch.ones(2, 4, dtype=torch.float64)
    for net, decay in ((ours, 0.0), (theirs, 0.3)):
        sgd = torch.optim.SGD(net.parameters(), lr=0.1, weight_decay=decay)
        (net(x).square().mean() + (l2(0.3)(net) if net is ours else 0)).backward()
        sgd.step()
    assert torch.allclose(ours.weight, theirs.weight, rtol=1e-14)
