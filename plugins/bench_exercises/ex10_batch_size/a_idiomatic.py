"""The same training as a careful student writes it: Dataset, DataLoader, ``.item()`` in every iteration."""

import torch
from torch import Tensor, nn

from bench.kit.training import seeded

from .problem import Curves, Feed
from .reference import Pictures, loader


def idiomatic(net: nn.Module, feed: Feed, optimizer: torch.optim.Optimizer, seed: int) -> Curves:
    """Train ``net`` in place over the feed; every curve as the fast loop gives it."""
    digits, device, n = feed.digits, feed.train_order.device, len(feed.digits.train_y)
    train_set = Pictures(digits.train_x, digits.train_y, digits)
    test_set = Pictures(digits.test_x, digits.test_y, digits)
    rows = []
    with seeded(seed, device):
        for epoch in range(feed.epochs):
            now = slice(epoch * n, (epoch + 1) * n)
            train_batches = loader(train_set, feed.train_order[now], feed.batch)
            test_batches = loader(test_set, feed.test_order[now], feed.batch)
            for (x, y), (test_x, test_y) in zip(train_batches, test_batches, strict=True):
                train = learn(net, optimizer, x.to(device), y.to(device))
                rows.append(train + look(net, test_x.to(device), test_y.to(device)))
    return Curves(*torch.tensor(rows, dtype=digits.dtype).T)


def learn(net: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> tuple[float, float]:
    net.train()
    optimizer.zero_grad()
    output = net(x)
    loss = nn.NLLLoss()(output, y)
    loss.backward()
    optimizer.step()
    return loss.item(), error_rate(output, y)


def look(net: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    net.eval()
    with torch.no_grad():
        output = net(x)
        return nn.NLLLoss()(output, y).item(), error_rate(output, y)


def error_rate(output: Tensor, y: Tensor) -> float:
    return (output.argmax(dim=1) != y).sum().item() / len(y)
