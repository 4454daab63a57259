"""8f: the changes of weights and inputs that batch norm and layer norm do not see (Ba et al. 2016, table 1).

Pre-activations are z = x Wᵀ + b. Each change is made to W, b or x, the norm behind it is the one by hand, and it is
held against PyTorch's norm of the z before the change.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import batch_norm, layer_norm
from bench.kit.compare import largest, max_error, smallest

from .problem import like, normal

Layer = tuple[Tensor, Tensor, Tensor]
"""Inputs x (N, D), weights W (F, D), biases b (F)."""
SEES = {
    "all weights times 10": (False, False),
    "each unit's weights times its own factor": (False, True),
    "each unit a bias of its own": (False, True),
    "each example times its own factor": (True, False),
    "the same vector added to every unit's weights": (True, False),
}
"""Whether batch norm, and layer norm, sees the change."""
SMALL = 1e-14
"""ε: its part in the variance is what breaks invariance to scale."""


def changed(x: Tensor, weight: Tensor, bias: Tensor) -> dict[str, Layer]:
    factors = torch.linspace(0.5, 3, len(weight)).to(x)
    per_example = torch.linspace(0.5, 3, len(x)).to(x)[:, None]
    return {
        "all weights times 10": (x, 10 * weight, 10 * bias),
        "each unit's weights times its own factor": (x, weight * factors[:, None], bias * factors),
        "each unit a bias of its own": (x, weight, bias + factors),
        "each example times its own factor": (x * per_example, weight, bias),
        "the same vector added to every unit's weights": (x, weight + torch.ones_like(weight[0]), bias),
    }


def invariances(lab: Lab) -> None:
    stream, zero = lab.generator(), like(lab)
    x, weight = normal((8, 5), stream, zero), normal((6, 5), stream, zero)
    no_bias = torch.zeros_like(weight[:, 0])
    before = F.linear(x, weight)
    theirs = (F.batch_norm(before, None, None, training=True, eps=SMALL), F.layer_norm(before, (6,), eps=SMALL))
    moved = {
        name: [max_error(*pair) for pair in zip(both(F.linear(*layer)), theirs, strict=True)]
        for name, layer in changed(x, weight, no_bias).items()
    }
    lab.table(
        "How far the normalised values move",
        [{"change": name, "batch norm": batch, "layer norm": layer} for name, (batch, layer) in moved.items()],
    )
    blind = [moved[name][k] for name, sees in SEES.items() for k in (0, 1) if not sees[k]]
    seen = [moved[name][k] for name, sees in SEES.items() for k in (0, 1) if sees[k]]
    lab.claim("invariances of batch and layer norm: the six that hold, worst", largest(blind), at_most=1e-10)
    lab.claim(
        "invariances of batch and layer norm: the four that do not hold, least change", smallest(seen), at_least=0.01
    )


def both(z: Tensor) -> tuple[Tensor, Tensor]:
    one, zero = torch.ones_like(z[0]), torch.zeros_like(z[0])
    return batch_norm(z, one, zero, eps=SMALL)[0], layer_norm(z, one, zero, eps=SMALL)[0]
