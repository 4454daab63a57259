"""8f, layer norm of (256, features), written in four ways."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import layer_norm

from .by_hand import EPS
from .problem import like, normal


def variants(lab: Lab, features: int) -> dict[str, Callable[[], Tensor]]:
    stream = lab.generator()
    x = 3 * normal((256, features), stream, like(lab)) + 2
    gamma, beta = normal((2, features), stream, x)

    def moments() -> Tensor:
        variance, mean = torch.var_mean(x, 1, correction=0, keepdim=True)
        return (x - mean) * (variance + EPS).rsqrt() * gamma + beta

    return {
        "native": lambda: F.layer_norm(x, (features,), weight=gamma, bias=beta, eps=EPS),
        "by hand": lambda: layer_norm(x, gamma, beta, eps=EPS)[0],
        "by hand, var_mean": moments,
        "as a batch norm of the transpose": lambda: (
            F.batch_norm(x.T, None, None, training=True, eps=EPS).T * gamma + beta
        ),
    }
