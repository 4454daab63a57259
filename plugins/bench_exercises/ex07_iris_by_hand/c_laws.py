"""7c: what is known of the laws without any measurement: PyTorch's own initialisers, and mean-field theory.

In a wide layer the pre-activations are normal, so that a layer is two integrals over Z of N(0, 1). With σ² = n Var W:

    q ← σ² E f(√q Z)² + Var b        the mean square of z, on its way up
    χ = σ² E f'(√q Z)²               the factor of the mean square of a gradient, on its way down

(Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017: Deep information propagation.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from .network import SLOPE

POINTS = 200
"""Of the quadrature; even, so that none lies on the kink of ReLU."""
Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Theory:
    """The factor of a layer for the root mean square of a gradient, and the relative variance κ of its square, times n,
    in one network: 3 E f'⁴ / (E f'²)² - 1, which is 5 for ReLU."""

    gain: float
    kappa: float

    def allowed(self, width: int, layers: int, networks: int) -> float:
        """How far log(mean measured gain) may be from log(gain): five standard errors, and what a logarithm is biased
        by, κ/4n a layer."""
        error = math.sqrt(self.kappa / (width * layers * networks)) / 2
        return 5 * error + self.kappa / (4 * width)


def mean_field(f: Function, slope: Function, variances: tuple[float, float], depth: int) -> Theory:
    """For inputs N(0, 1), of (σ², Var b): a geometric mean over the ``depth - 1`` layers that a gradient passes."""
    points, weights = quadrature()
    sigma, bias = variances
    q, logs, kappas = sigma + bias, [], []
    for _ in range(depth - 1):
        z = math.sqrt(q) * points
        second, fourth = (float((weights * slope(z) ** power).sum()) for power in (2, 4))
        logs.append(math.log(sigma * second))
        kappas.append(3 * fourth / second**2 - 1)
        q = sigma * float((weights * f(z) ** 2).sum()) + bias
    return Theory(math.exp(sum(logs) / len(logs) / 2), sum(kappas) / len(kappas))


def off_root_of_depth(depth: int = 100) -> float:
    """With tanh and σ² = 1, q falls like 1/2l and χ is nearly 1 - 1/l: a gradient falls like one over the root of the
    depth. How far theory is from that between ``depth`` layers and ten times as many, relative."""
    left = [
        mean_field(torch.tanh, lambda z: 1 - z.tanh() ** 2, (1.0, 0.0), layers).gain ** (layers - 1)
        for layers in (depth, 10 * depth)
    ]
    return abs(left[1] / left[0] * math.sqrt(10) - 1)


@cache
def quadrature() -> tuple[Tensor, Tensor]:
    """Points and weights of the mean over N(0, 1)."""
    from numpy.polynomial.hermite_e import hermegauss

    points, weights = (torch.from_numpy(array) for array in hermegauss(POINTS))
    return points, weights / weights.sum()


def by_torch(inputs: int, outputs: int) -> dict[str, Tensor]:
    """The deviation of a weight as PyTorch's own initialisers draw it, by the name of the law: each draws the numbers
    of the same seed as a plain draw, and the quotient is the deviation. Elements (outputs, inputs) are all the same."""
    like = torch.empty(outputs, inputs)
    normal = torch.randn(like.shape, generator=seeded())
    uniform = torch.empty_like(like).uniform_(-1, 1, generator=seeded())
    init = nn.init
    return {
        # What nn.Linear does by itself; the deviation of U(-1, 1) is 1/√3.
        "PyTorch default": init.kaiming_uniform_(like.clone(), math.sqrt(5), generator=seeded()) / uniform / 3**0.5,
        "Xavier": init.xavier_normal_(like.clone(), generator=seeded()) / normal,
        "He": init.kaiming_normal_(like.clone(), nonlinearity="relu", generator=seeded()) / normal,
        "He, leaky gain": init.kaiming_normal_(like.clone(), SLOPE, generator=seeded()) / normal,
        "4 × Xavier": init.xavier_normal_(like.clone(), 4.0, generator=seeded()) / normal,
    }


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)
