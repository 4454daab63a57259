"""The sheet's update written out: SGD with momentum, on gradients that autograd gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench.kit.byhand.optimisers import sgd

Loss = Callable[[Tensor, Tensor], Tensor]


def updates(
    start: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    *,
    learning_rate: float,
    momentum: float,
    loss: Loss = F.cross_entropy,
    clear: bool = True,
) -> tuple[list[float], nn.Module]:
    """The loss of every batch before its update, v ← μ v + g, w ← w - η v, and the network in the end.

    ``start`` stays as it is. Without ``clear`` each gradient has all earlier ones in it, as without ``zero_grad()``.
    """
    net = deepcopy(start).train()
    parameters, state, losses = list(net.parameters()), None, []
    summed = [torch.zeros_like(p) for p in parameters]
    for x, y in batches:
        value = loss(net(x), y)
        gradients = torch.autograd.grad(value, parameters)
        summed = [g if clear else before + g for before, g in zip(summed, gradients, strict=True)]
        with torch.no_grad():
            new, state = sgd(parameters, summed, state, lr=learning_rate, momentum=momentum)
            for p, value_of in zip(parameters, new, strict=True):
                p.copy_(value_of)
        losses.append(float(value.detach()))
    return losses, net
