"""ex04, by_hand: updates written out are those of torch.optim.SGD."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from bench_exercises.ex04_cifar10 import by_hand


def test_updates_are_those_of_the_optimiser_and_leave_the_start_alone():
    torch.manual_seed(0)
    start = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    before = [p.detach().clone() for p in start.parameters()]
    batches = [(torch.randn(6, 4).double(), torch.randint(3, (6,))) for _ in range(5)]
    losses, net = by_hand.updates(start, batches, learning_rate=0.1, momentum=0.9)
    assert all(torch.equal(a, b) for a, b in zip(before, start.parameters(), strict=True))
    sgd, expected = torch.optim.SGD(start.parameters(), lr=0.1, momentum=0.9), []
    for x, y in batches:
        sgd.zero_grad()
        loss = F.cross_entropy(start(x), y)
        loss.backward()
        sgd.step()
        expected.append(loss.item())
    torch.testing.assert_close(torch.tensor(losses), torch.tensor(expected), rtol=0, atol=1e-7)
    for ours, theirs in zip(net.parameters(), start.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-14)
