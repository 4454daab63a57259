"""The layer as sums over its connections, and the same layer as two matrices.

Letters as in ``answer.md``: x has shape (C, n), w (O, C, m), b (O,), z and d = ∂L/∂z (O, q). How the kernel moves is a
``Slide`` of stride s, padding p and dilation r, and q is the number of places where the kernel fits.
"""

from collections.abc import Iterator
from itertools import product

import torch.nn.functional as F
from torch import Tensor

from .problem import PLAIN, Slide


def connections(n: int, m: int, slide: Slide) -> Iterator[tuple[int, int, int]]:
    """Every (t, u, v): at place t weight u meets node v = s·t + r·u − p. A zero of the padding is no node."""
    for t, u in product(range(slide.places(n, m)), range(m)):
        v = slide.s * t + slide.r * u - slide.p
        if 0 <= v < n:
            yield t, u, v


def forward(x: Tensor, w: Tensor, b: Tensor, slide: Slide = PLAIN) -> Tensor:
    """z[i, t] = b[i] + Σ_j Σ_u w[i, j, u] · x[j, s·t + r·u − p], x being 0 outside."""
    outputs, channels, m = w.shape
    q = places(x, w, slide)
    if b.shape != (outputs,):
        raise ValueError(f"b has shape {tuple(b.shape)}; w {tuple(w.shape)} needs one bias per output: ({outputs},)")
    z = b[:, None].repeat(1, q)
    for i, j in product(range(outputs), range(channels)):
        for t, u, v in connections(x.shape[1], m, slide):
            z[i, t] += w[i, j, u] * x[j, v]
    return z


def places(x: Tensor, w: Tensor, slide: Slide) -> int:
    """q, the number of places where the kernel fits. Raises ``ValueError`` where it fits nowhere."""
    if x.ndim != 2 or w.ndim != 3 or x.shape[0] != w.shape[1]:
        raise ValueError(f"x must be (C, n) and w (O, C, m) with one C; got {tuple(x.shape)} and {tuple(w.shape)}")
    return slide.places(x.shape[1], w.shape[2])


def toeplitz(w: Tensor, n: int, slide: Slide = PLAIN) -> Tensor:
    """T(w), the layer as one matrix of shape (O·q, C·n): z = T(w) x + b, hence dx = T(w)ᵀ d."""
    outputs, channels, m = w.shape
    q, (s, p, r) = places(w.new_empty(channels, n), w, slide), (slide.s, slide.p, slide.r)
    matrix = w.new_zeros(outputs, q, channels, n + 2 * p)
    for t in range(q):
        matrix[:, t, :, s * t : s * t + slide.span(m) : r] = w
    # The columns of the padding multiply zeros, so they are cut away: T acts on the n nodes alone.
    return matrix[..., p : p + n].reshape(outputs * q, channels * n)


def windows(x: Tensor, m: int, slide: Slide = PLAIN) -> Tensor:
    """X(x), the same layer as a matrix that acts on the weights, (q, C·m): z[i] = X(x) w[i] + b[i].

    Hence dw[i] = X(x)ᵀ d[i].
    """
    places(x, x.new_empty(1, x.shape[0], m), slide)
    padded = F.pad(x, (slide.p, slide.p))
    return padded.unfold(1, slide.span(m), slide.s)[..., :: slide.r].transpose(0, 1).flatten(1)
