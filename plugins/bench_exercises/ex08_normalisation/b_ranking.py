"""8b, the empirical half: six orders of batch norm, ReLU and dropout, trained on digits."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean, stdev
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest, smallest
from bench.kit.data import mnist

from .problem import flat

WIDTH = 64
DROPPED = 0.5
BATCH = 50
RATE = 0.1
AFTER_THE_LAST = "BN, ReLU; dropout after the last BN"
EVERY_BLOCK = "BN, ReLU, dropout"
RELU_FIRST = "ReLU, BN; dropout after the last BN"
ORDERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    AFTER_THE_LAST: (("norm", "relu"), ("norm", "relu", "drop")),
    RELU_FIRST: (("relu", "norm"), ("relu", "norm", "drop")),
    EVERY_BLOCK: (("norm", "relu", "drop"),) * 2,
    "ReLU, BN, dropout": (("relu", "norm", "drop"),) * 2,
    "ReLU, dropout, BN": (("relu", "drop", "norm"),) * 2,
    "dropout, BN, ReLU": (("drop", "norm", "relu"),) * 2,
}
"""What follows the first and the second linear layer."""


def network(order: tuple[tuple[str, ...], tuple[str, ...]]) -> nn.Sequential:
    """784 → 64 → 64 → 10."""
    make: dict[str, Callable[[], nn.Module]] = {
        "norm": lambda: nn.BatchNorm1d(WIDTH),
        "relu": nn.ReLU,
        "drop": lambda: nn.Dropout(DROPPED),
    }
    first, second = ([make[name]() for name in block] for block in order)
    return nn.Sequential(nn.Linear(784, WIDTH), *first, nn.Linear(WIDTH, WIDTH), *second, nn.Linear(WIDTH, 10))


def train(net: nn.Module, x: Tensor, y: Tensor, *, epochs: int, stream: torch.Generator) -> None:
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE)
    net.train()
    for _ in range(epochs):
        for chosen in torch.randperm(len(x), generator=stream).to(x.device).split(BATCH):
            optimiser.zero_grad()
            F.cross_entropy(net(x[chosen]), y[chosen]).backward()
            optimiser.step()


@torch.no_grad()
def norm_variances(net: nn.Sequential, x: Tensor, *, dropping: bool) -> list[Tensor]:
    """The variance that each batch norm meets on x (N, 784) as one batch, with dropout on or off."""
    found = []
    for layer in net:
        if isinstance(layer, nn.BatchNorm1d):
            found.append(x.var(0))
            x = F.batch_norm(x, None, None, weight=layer.weight, bias=layer.bias, training=True)
        elif isinstance(layer, nn.Dropout):
            x = F.dropout(x, layer.p, training=dropping)
        else:
            x = layer(x)
    return found


def shift(net: nn.Sequential, x: Tensor) -> float:
    """Variance with dropout over variance without, the mean over the units of the batch norm that suffers most."""
    on, off = (norm_variances(net, x, dropping=dropping) for dropping in (True, False))
    return largest(float((a / b.clamp_min(1e-12))[b > 1e-6].mean()) for a, b in zip(on, off, strict=True))


@torch.no_grad()
def test_scores(net: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Accuracy and cross-entropy in evaluation mode."""
    net.eval()
    logits = net(x)
    return float((logits.argmax(1) == y).double().mean()), float(F.cross_entropy(logits, y))


@torch.no_grad()
def reestimate(net: nn.Sequential, x: Tensor) -> None:
    """Batch norms take their statistics from x without dropout, as one batch: the remedy of Li et al. 2019."""
    net.eval()
    for layer in net:
        if isinstance(layer, nn.BatchNorm1d):
            layer.running_mean, layer.running_var = x.mean(0), x.var(0)
        x = layer(x)


def study(lab: Lab) -> None:
    pictures = lab.uses(mnist(lab.data))
    count, epochs, seeds = (
        lab.pick(smoke=800, quick=2000, full=4000),
        lab.pick(smoke=1, quick=4, full=10),
        lab.pick(smoke=1, quick=2, full=5),
    )
    x, test_x = flat(pictures.train.x[:count], pictures, lab), flat(pictures.test.x[:1000], pictures, lab)
    y, test_y = pictures.train.y[:count].to(lab.device), pictures.test.y[:1000].to(lab.device)
    rows: list[dict[str, Any]] = []
    for name, order in lab.track(ORDERS.items(), "orders"):
        scores = [one_seed(lab, order, (x, y, test_x, test_y), epochs=epochs, seed=seed) for seed in range(seeds)]
        shifted, accuracy, loss, mended = (fmean(column) for column in zip(*scores, strict=True))
        apart = stdev(score[2] for score in scores) if len(scores) > 1 else 0.0
        rows.append(
            {
                "order": name,
                "variance shift": shifted,
                "accuracy": accuracy,
                "loss": loss,
                "its deviation over seeds": apart,
                "re-estimated": mended,
            }
        )
        lab.metric(f"variance shift, {name}", shifted)
        lab.metric(f"test loss, {name}", loss, "nats")
        lab.metric(f"test loss, statistics re-estimated, {name}", mended, "nats")
        lab.metric(f"test accuracy, {name}", accuracy)
    lab.table("Six orders on test digits", rows)
    shifts = {row["order"]: row["variance shift"] for row in rows}
    for name in (AFTER_THE_LAST, RELU_FIRST):
        lab.claim(f"{name}: variance shift off 1 by", abs(shifts.pop(name) - 1), at_most=1e-12)
    once_or_twice(lab, {row["order"]: row["loss"] for row in rows})
    lab.claim("dropout before any BN: variance shift, least of four orders", smallest(shifts.values()), at_least=1.05)


def once_or_twice(lab: Lab, loss: dict[str, float]) -> None:
    """After one epoch no order has settled. Losses of one order differ by 0.03 from seed to seed, at most."""
    if lab.profile == "smoke":
        return
    less = loss[AFTER_THE_LAST] / loss[EVERY_BLOCK]
    lab.claim("BN, ReLU: test loss with dropout once, over that with dropout in both blocks", less, at_most=0.9)
    apart = abs(loss[AFTER_THE_LAST] - loss[RELU_FIRST])
    lab.claim("dropout once: test losses of BN before and behind the ReLU, apart by", apart, at_most=0.1)


def one_seed(
    lab: Lab, order: tuple[tuple[str, ...], tuple[str, ...]], data: tuple[Tensor, ...], *, epochs: int, seed: int
) -> tuple[float, float, float, float]:
    """Variance shift, test accuracy, test loss, and test loss with statistics re-estimated without dropout."""
    x, y, test_x, test_y = data
    devices = [lab.device] if lab.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(1000 * lab.seed + seed)
        net = network(order).to(lab.device, lab.dtype)
        train(net, x, y, epochs=epochs, stream=torch.Generator().manual_seed(1000 * lab.seed + seed))
        shifted = shift(net, x)
    accuracy, loss = test_scores(net, test_x, test_y)
    reestimate(net, x)
    return shifted, accuracy, loss, test_scores(net, test_x, test_y)[1]
