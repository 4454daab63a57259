"""What very wide layers would do: the factor by which ‖δ‖² changes from one layer to the layer below, at the start.

Without batch norm and with PyTorch's initialisation, weights have the variance 1/(3n), so that the factor is
n · 1/(3n) · E φ'(z)². With batch norm every pre-activation is standard normal whatever the weights: the division by its
standard deviation turns the factor into E φ'(z)² / Var φ(z), which Poincaré's inequality keeps at 1 or above.
"""

import math
from typing import NamedTuple

import numpy as np

INITIAL_VARIANCE = {"pytorch": 1 / 3, "xavier": 1.0, "he": 2.0}
"""n times the variance of a weight between two layers of n: of U(-1/√n, 1/√n) a third."""
NODES = 60


class Moments(NamedTuple):
    """Of φ(z) for a standard normal z."""

    variance: float
    slope: float
    """E φ'(z)²."""


def sigmoid_moments() -> Moments:
    """By Gauss–Hermite quadrature."""
    z, weight = np.polynomial.hermite_e.hermegauss(NODES)
    weight = weight / math.sqrt(2 * math.pi)
    h = 1 / (1 + np.exp(-z))
    return Moments(float(weight @ h**2 - (weight @ h) ** 2), float(weight @ (h * (1 - h)) ** 2))


def relu_moments() -> Moments:
    """E h² = E φ'² = 1/2 by symmetry, E h = 1/√(2π)."""
    return Moments(0.5 - 1 / (2 * math.pi), 0.5)


MOMENTS = {"sigmoid": sigmoid_moments, "ReLU": relu_moments}


def with_batch_norm(activation: str) -> float:
    """The factor of ‖δ‖² per layer, backwards: 1 or more."""
    moments = MOMENTS[activation]()
    return moments.slope / moments.variance


def without(activation: str, initialisation: str = "pytorch") -> float:
    """The same where the pre-activations are near 0: φ'(0)² = 1/16 for sigmoid; half of the ReLUs are active."""
    return INITIAL_VARIANCE[initialisation] * (1 / 16 if activation == "sigmoid" else 0.5)


def powers_of_ten(factor: float) -> float:
    """What a factor of ‖δ‖² is for ‖δ‖, in powers of ten."""
    return math.log10(factor) / 2
