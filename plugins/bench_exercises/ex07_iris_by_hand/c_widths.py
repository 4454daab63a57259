"""7c: layers of changing width, where Xavier's compromise and He's two conditions part.

A ReLU layer of n inputs and n̂ outputs multiplies the mean square of signals by ½ n Var W and that of gradients by
½ n̂ Var W. Only one of both can be 1. He et al. 2015 (below equation 14): either suffices, for if ½ n Var W = 1 in every
layer, the product of all ½ n̂ Var W = n̂/n telescopes, since the outputs of a layer are the inputs of the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

WIDTHS = (64, 256) * 5
"""Narrow and wide in turn: nine layers."""
BATCH = 8
LAWS: dict[str, Callable[[int, int], float]] = {
    "2 / inputs": lambda n, outputs: 2 / n,
    "2 / outputs": lambda n, outputs: 2 / outputs,
    "4 / (inputs + outputs)": lambda n, outputs: 4 / (n + outputs),
}
"""He's law forwards, He's law backwards, and Xavier's compromise with ReLU's factor 2: the variance of a weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The factor of the mean square over all layers, of every network, (S,)."""

    forward: Tensor
    backward: Tensor


def study(lab: Lab) -> None:
    networks = lab.pick(smoke=64, quick=64, full=1000)
    rows, apart = [], []
    for name, law in LAWS.items():
        found = passed(law, networks, lab.generator())  # the same numbers for each law
        up, down = expected(law)
        off = standard_errors(found.forward, up), standard_errors(found.backward, down)
        apart += [abs(each) for each in off]
        means = {"forward": float(found.forward.mean()), "backward": float(found.backward.mean())}
        rows.append({"Var W": name, "forward, theory": up, "backward, theory": down, **means})
        lab.metric(f"thirty layers, {name}: gradients times", deep(law))
    lab.table("Layers of 64 and 256 nodes in turn: factor of the mean square over nine layers", rows)
    lab.claim("changing widths: factors from theory, in standard errors", largest(apart), at_most=5)


def expected(law: Callable[[int, int], float], widths: tuple[int, ...] = WIDTHS) -> tuple[float, float]:
    """The products of ½ n Var W and of ½ n̂ Var W over the layers."""
    layers = list(pairwise(widths))
    up = math.prod(n * law(n, outputs) / 2 for n, outputs in layers)
    return up, math.prod(outputs * law(n, outputs) / 2 for n, outputs in layers)


def deep(law: Callable[[int, int], float], layers: int = 30) -> float:
    """The same for the gradients of 30 layers."""
    return expected(law, (WIDTHS * layers)[: layers + 1])[1]


def passed(law: Callable[[int, int], float], networks: int, generator: torch.Generator) -> Passed:
    """z₀ ~ N(0, 1) upwards, and δ ~ N(0, 1) from the last z down to z₀; in float32, far finer than a standard error."""
    z = torch.randn(networks, BATCH, WIDTHS[0], generator=generator)
    below, weights, gates = mean_square(z), [], []
    for n, outputs in pairwise(WIDTHS):
        w = math.sqrt(law(n, outputs)) * torch.randn(networks, outputs, n, generator=generator)
        gates.append(z > 0)
        weights.append(w)
        z = z.relu() @ w.mT
    top = delta = torch.randn(z.shape, generator=generator)
    for w, gate in zip(reversed(weights), reversed(gates), strict=True):
        delta = (delta @ w) * gate
    return Passed(forward=mean_square(z) / below, backward=mean_square(delta) / mean_square(top))


def mean_square(values: Tensor) -> Tensor:
    """Of each network."""
    return values.double().square().mean((1, 2))


def standard_errors(found: Tensor, law: float) -> float:
    return float((found.mean() - law) / (found.std() / math.sqrt(len(found))))
