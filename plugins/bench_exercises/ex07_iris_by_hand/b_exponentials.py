"""eˣ of an array, compiled to arithmetic that a processor does for many numbers at once; the library's takes one.

eˣ = 2ᵏ eʳ with a whole k and |r| ≤ log(2)/2, where Taylor's polynomial is exact enough; 2ᵏ is put together from its
bits. (W. J. Cody, W. Waite: *Software Manual for the Elementary Functions*, 1980, chapter 6, with another polynomial.)
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial, log
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.floating]
LOG2 = Fraction("0.693147180559945309417232121458176568")
"""log 2 to more digits than float64 has: an error in it would be multiplied by k."""


class Format(NamedTuple):
    """What ``exponentials`` must know of a floating-point format, as numbers of that format."""

    polynomial: tuple[float, ...]
    """1/k!, the highest power first."""
    per_log2: float
    log2_high: float
    """log 2, to so few bits that its product with k is exact; ``log2_low`` is the rest."""
    log2_low: float
    bias: float
    unit: float
    """2 to the number of bits of the mantissa."""
    lowest: float
    """Below this an exponential is no longer a normal number, and is taken of this instead."""


class Workspace(NamedTuple):
    """What ``exponentials`` of vectors of one size need, apart from them."""

    bits: NDArray[np.integer]
    power: Array
    """``bits`` read as floating-point numbers: the integer (k + bias) · unit has the bits of 2ᵏ."""
    form: Format


def workspace(like: Array) -> Workspace:
    """For vectors like this one, of float32 or float64."""
    power = np.zeros_like(like)
    return Workspace(bits=power.view(f"i{power.itemsize}"), power=power, form=format_of(power.dtype))


def format_of(dtype: np.dtype) -> Format:
    """Of float32 or float64."""
    info, number = np.finfo(dtype), np.dtype(dtype).type
    degree = 7 if info.nmant < 30 else 13
    high = Fraction(round(LOG2 * 2**9), 2**9)
    return Format(
        polynomial=tuple(number(1 / factorial(k)) for k in range(degree, -1, -1)),
        per_log2=number(float(1 / LOG2)),
        log2_high=number(float(high)),
        log2_low=number(float(LOG2 - high)),
        bias=number(info.maxexp - 1),
        unit=number(2.0**info.nmant),
        lowest=number(log(float(info.tiny)) + 1),
    )


@njit(cache=True, fastmath={"contract"})
def exponentials(x: Array, out: Array, work: Workspace) -> None:
    """out = eˣ of vectors, for x ≤ 0."""
    half, form = x.dtype.type(0.5), work.form
    for n in range(x.size):
        clipped = x[n] if x[n] > form.lowest else form.lowest
        k = np.floor(clipped * form.per_log2 + half)
        r = (clipped - k * form.log2_high) - k * form.log2_low
        total = form.polynomial[0]
        for coefficient in form.polynomial[1:]:
            total = total * r + coefficient
        out[n] = total
        work.bits[n] = (k + form.bias) * form.unit
    for n in range(x.size):  # a loop of its own: both are vectorised
        out[n] *= work.power[n]
