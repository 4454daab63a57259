"""7c: He's ½ needs weights that are symmetric around 0; a mean of 0 alone does not do.

Of a symmetric z ReLU keeps half of the mean square, E[max(0, z)²] = ½ E[z²]. Weights that are -1 nine times out of ten
and 9 else have mean 0 too; behind inputs that are positive, as a ReLU gives them, their z = Σ w a is skewed.
"""

from __future__ import annotations

import math
from math import comb

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

RARE = 0.1
"""How often the skewed weight is 9."""


def study(lab: Lab) -> None:
    rows, symmetric, skewed = [], [], []
    draws = lab.pick(smoke=20_000, quick=50_000, full=200_000)
    for fan_in in (1, 5, 256):
        found = {name: shares(z, fan_in) for name, z in sums(fan_in, draws, lab.generator()).items()}
        symmetric.append(abs(errors(found["symmetric"], 0.5)))
        skewed.append(abs(errors(found["skewed"], kept(fan_in))))
        means = {name: float(share.mean()) for name, share in found.items()}
        rows.append({"inputs": fan_in, "symmetric": means["symmetric"], "skewed": means["skewed"]})
        if fan_in == 5:  # a layer of the sheet's network
            lab.metric("skewed weights, five inputs: kept by ReLU", means["skewed"])
            lab.claim("skewed weights: standard errors from one half", errors(found["skewed"], 0.5), at_least=5)
    lab.table("Share of E[z²] that ReLU keeps, from weights of mean 0", rows)
    lab.claim("symmetric weights: ReLU keeps half, in standard errors", largest(symmetric), at_most=5)
    lab.claim("skewed weights: ReLU keeps what binomials give, in standard errors", largest(skewed), at_most=5)


def sums(fan_in: int, draws: int, generator: torch.Generator) -> dict[str, Tensor]:
    """z (draws,) of either law, for inputs that are all 1; both have mean 0 and the variance 9 a weight."""

    def how_many(chance: float) -> Tensor:
        count = torch.full((draws,), float(fan_in), dtype=torch.float64)
        return torch.binomial(count, torch.full_like(count, chance), generator=generator)

    return {"symmetric": 6 * how_many(0.5) - 3 * fan_in, "skewed": 10 * how_many(RARE) - fan_in}


def shares(z: Tensor, fan_in: int) -> Tensor:
    """max(0, z)² as a share of E[z²]: their mean is what ReLU keeps."""
    return z.relu().square() / (9 * fan_in)


def kept(fan_in: int) -> float:
    """The same for the skewed law without a draw: z = 10 K - n, where K is binomial."""
    chances = {k: comb(fan_in, k) * RARE**k * (1 - RARE) ** (fan_in - k) for k in range(fan_in + 1)}
    return sum(chance * max(0, 10 * k - fan_in) ** 2 for k, chance in chances.items()) / (9 * fan_in)


def errors(share: Tensor, law: float) -> float:
    """How far the mean is above the law, in standard errors."""
    return float((share.mean() - law) / (share.std() / math.sqrt(len(share))))
