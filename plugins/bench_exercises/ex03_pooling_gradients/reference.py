"""The same two models as PyTorch computes them: its modules, autograd and torch.optim.SGD."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .by_hand import norm_named
from .problem import KERNEL, POOL, STRIDE, Filter, full_precision

POOLINGS: dict[str, Callable[..., Tensor]] = {"average": F.avg_pool1d, "max": F.max_pool1d}


def model(f: Filter, pool: str) -> nn.Sequential:
    """A -> C or B -> D of the sheet, with the given filter; stride 1 has to be said."""
    conv = nn.Conv1d(2, 1, KERNEL).to(f.weight)
    with torch.no_grad():
        conv.weight.copy_(f.weight[None])
        conv.get_parameter("bias").copy_(f.bias)
    layer = nn.AvgPool1d(POOL, stride=STRIDE) if pool == "average" else nn.MaxPool1d(POOL, stride=STRIDE)
    return nn.Sequential(conv, layer)


def outputs(x: Tensor, f: Filter, pool: str) -> tuple[Tensor, Tensor]:
    """y (2, T) and out (2, P)."""
    conv, layer = model(f, pool)
    with full_precision(), torch.no_grad():
        y = conv(x)
        return y[:, 0], layer(y)[:, 0]


def jacobian(x: Tensor, f: Filter, pool: str) -> Tensor:
    """J (P, C·K), how e = out2 - out1 moves with the weights; constant until a switch of the maximum changes."""

    def difference(weight: Tensor) -> Tensor:
        out1, out2 = POOLINGS[pool](F.conv1d(x, weight[None], f.bias), POOL, stride=STRIDE)[:, 0]
        return out2 - out1

    with full_precision():
        return torch.func.jacrev(difference)(f.weight).flatten(1)


def train_once(x: Tensor, f: Filter, *, pool: str, norm: str, lr: float) -> tuple[Filter, Filter]:
    """One step of torch.optim.SGD: the gradients, and the parameters after it."""
    net = model(f, pool)
    optimiser = torch.optim.SGD(net.parameters(), lr=lr)
    with full_precision():
        out1, out2 = net(x)[:, 0]
        norm_named(norm).torch(out2 - out1).backward()
    optimiser.step()
    weight, bias = net.parameters()
    assert weight.grad is not None
    assert bias.grad is not None
    return Filter(weight.grad[0], bias.grad), Filter(weight.detach()[0], bias.detach())
