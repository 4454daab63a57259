"""8e: batch norm on a tensor (N, C, H, W), and 8f: layer norm against it. By hand: ``by_hand``."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import batch_norm, batch_norm_backward, gradient_errors, layer_norm, layer_norm_backward
from bench.kit.compare import largest, smallest

from .by_hand import EPS, gap, normal, normalise, over_batch, over_features

SHAPE = (6, 3, 5, 4)


def draw(lab: Lab, shape: tuple[int, ...] = SHAPE) -> Tensor:
    return 3 * normal(shape, lab.generator(), torch.zeros((), device=lab.device, dtype=lab.dtype)) + 2


def on_maps(lab: Lab) -> None:
    x = draw(lab)
    count, channels, height, width = x.shape
    layer = nn.BatchNorm2d(channels).to(x)
    ours, theirs = over_batch(x), layer(x)
    lab.claim("statistics over N, H, W = BatchNorm2d", gap(ours, theirs), at_most=1e-12)
    rows = x.movedim(1, -1).reshape(-1, channels)
    as_rows = over_batch(rows).view(count, height, width, channels).movedim(-1, 1)
    lab.claim("maps: BatchNorm1d on all N·H·W pixels gives the same", gap(as_rows, theirs), at_most=1e-12)
    lab.claim("maps: learned numbers 2C", sum(p.numel() for p in layer.parameters()), equals=2 * channels)
    running = [layer.get_buffer(f"running_{name}") for name in ("mean", "var")]
    lab.claim("maps: running numbers 2C", sum(b.numel() for b in running), equals=2 * channels)
    variance = x.var((0, 2, 3), correction=0)
    lab.claim("maps: every channel's mean is 0", ours.mean((0, 2, 3)).abs().max(), at_most=1e-12)
    off = gap(ours.var((0, 2, 3), correction=0), variance / (variance + EPS))
    lab.claim("maps: every channel's variance is σ² / (σ² + ε)", off, at_most=1e-12)
    unbiased = 0.9 + 0.1 * variance * rows.shape[0] / (rows.shape[0] - 1)
    lab.claim("maps: running variance counts N·H·W values", gap(running[1], unbiased), at_most=1e-12)
    gamma, beta = normal((2, channels), lab.generator(), x)
    errors = gradient_errors(batch_norm, batch_norm_backward, (x, gamma, beta))
    lab.claim("maps: gradients by hand = autograd", largest(errors.autograd), at_most=1e-12)
    equivariance(lab, x)


def equivariance(lab: Lab, x: Tensor) -> None:
    """A map that is shifted (around its borders) comes out shifted; with statistics per position it would not."""

    def shifted(y: Tensor) -> Tensor:
        return torch.cat([y[:1], y[1:].roll(1, -1)])

    lab.claim(
        "shifting some pictures shifts their outputs",
        gap(over_batch(shifted(x)), shifted(over_batch(x))),
        at_most=1e-12,
    )
    wrong = gap(normalise(shifted(x), (0,)), shifted(normalise(x, (0,))))
    lab.claim("control: statistics per position break this, by", wrong, at_least=0.1)


def layer_against_batch(lab: Lab) -> None:
    x = draw(lab)
    gamma, beta = normal((2, *SHAPE[1:]), lab.generator(), x)
    ours, _ = layer_norm(x, gamma, beta)
    lab.claim("layer norm by hand = torch", gap(ours, F.layer_norm(x, SHAPE[1:], gamma, beta)), at_most=1e-12)
    errors = gradient_errors(layer_norm, layer_norm_backward, (x, gamma, beta))
    lab.claim("layer norm: gradients by hand = autograd", largest(errors.autograd), at_most=1e-12)
    batch_of_one(lab)
    changed = torch.cat([x[:1], 2 * x[1:] - 1])
    lab.claim(
        "layer norm: other examples changed, this one moves by",
        gap(over_features(changed)[0], over_features(x)[0]),
        equals=0,
    )
    lab.claim(
        "batch norm: other examples changed, this one moves by",
        gap(over_batch(changed)[0], over_batch(x)[0]),
        at_least=0.01,
    )
    alone = over_features(x[:1])
    lab.claim("layer norm: a batch of one gives the same", gap(alone[0], over_features(x)[0]), at_most=1e-12)
    count = sum(p.numel() for p in nn.LayerNorm(SHAPE[1:]).parameters())
    lab.claim("layer norm: learned numbers 2CHW", count, equals=2 * SHAPE[1] * SHAPE[2] * SHAPE[3])
    invariances(lab)


def batch_of_one(lab: Lab) -> None:
    """Of one value, the mean is the value: batch norm's output is β, whatever comes in."""
    rows = draw(lab, (2, 1, 7))
    beta = normal((7,), lab.generator(), rows)
    outputs = [over_batch(row) + beta for row in rows]
    lab.claim(
        "batch norm, batch of one: the output is β", largest(gap(y, beta.expand_as(y)) for y in outputs), equals=0
    )
    normed = [over_features(row) + beta for row in rows]
    lab.claim("layer norm, batch of one: outputs of two inputs differ by", gap(*normed), at_least=0.1)
    refused = [refuses(rows[0]), refuses(torch.cat([*rows]))]
    lab.claim("torch refuses to train batch norm on one row", refused[0], equals=1)
    lab.claim("torch refuses two rows", refused[1], equals=0)


def refuses(x: Tensor) -> int:
    try:
        nn.BatchNorm1d(x.shape[1]).to(x)(x)
    except ValueError:
        return 1
    return 0


Change = Callable[[Tensor], Tensor]


def changes(x: Tensor) -> dict[str, Change]:
    """Ways to change pre-activations z (N, F) = X W."""
    factors = torch.linspace(0.5, 3, x.shape[1]).to(x)
    per_example = torch.linspace(0.5, 3, x.shape[0]).to(x)[:, None]
    return {
        "all weights times 10": lambda z: 10 * z,
        "each unit's weights times its own factor": lambda z: z * factors,
        "each unit a bias of its own": lambda z: z + factors,
        "each example times its own factor": lambda z: z * per_example,
        "each example its own constant added": lambda z: z + per_example,
    }


SEES = {
    "all weights times 10": (False, False),
    "each unit's weights times its own factor": (False, True),
    "each unit a bias of its own": (False, True),
    "each example times its own factor": (True, False),
    "each example its own constant added": (True, False),
}
"""Whether batch norm, and layer norm, sees the change (Ba et al. 2016, table 1)."""


def invariances(lab: Lab) -> None:
    z = draw(lab, (8, 6))
    moved = {
        name: [gap(norm(change(z), 0), norm(z, 0)) for norm in (over_batch, over_features)]
        for name, change in changes(z).items()
    }
    lab.table(
        "How far the normalised values move",
        [{"change": name, "batch norm": batch, "layer norm": layer} for name, (batch, layer) in moved.items()],
    )
    blind = [moved[name][k] for name, sees in SEES.items() for k in (0, 1) if not sees[k]]
    seen = [moved[name][k] for name, sees in SEES.items() for k in (0, 1) if sees[k]]
    lab.claim("invariances of batch and layer norm: the six that hold, worst", largest(blind), at_most=1e-12)
    lab.claim(
        "invariances of batch and layer norm: the four that do not hold, least change", smallest(seen), at_least=0.01
    )


def layer_norm_ways(lab: Lab, features: int) -> dict[str, Callable[[], Tensor]]:
    """Layer norm of (256, features), written in four ways."""
    x = draw(lab, (256, features))
    gamma, beta = normal((2, features), lab.generator(), x)

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
