"""The layer and its derivative as sums: every connection is visited once, and what it carries is written down.

Letters as in ``answer.md``: x has shape (C, n), w (O, C, m), b (O,), z and d = ∂L/∂z (O, q); the stride is s and
q = ⌊(n − m)/s⌋ + 1 is the number of places where the kernel fits.
"""

from itertools import product

import torch
from torch import Tensor


def forward(x: Tensor, w: Tensor, b: Tensor, s: int = 1) -> Tensor:
    """z[i, t] = b[i] + Σ_j Σ_u w[i, j, u] · x[j, s·t + u]."""
    outputs, channels, m = w.shape
    q = places(x, w, s)
    if b.shape != (outputs,):
        raise ValueError(f"b has shape {tuple(b.shape)}; w {tuple(w.shape)} needs one bias per output: ({outputs},)")
    z = b[:, None].repeat(1, q)
    for i, t, j, u in product(range(outputs), range(q), range(channels), range(m)):
        z[i, t] += w[i, j, u] * x[j, s * t + u]
    return z


def backward(d: Tensor, x: Tensor, w: Tensor, s: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """``(dx, dw, db)`` from d: what z[i, t] owes to x[j, s·t + u], to w[i, j, u] and to b[i].

    A node under several windows and a weight used at several places *collect* what each of them sends back.
    """
    outputs, channels, m = w.shape
    q = places(x, w, s)
    if d.shape != (outputs, q):
        raise ValueError(
            f"d has shape {tuple(d.shape)}; x {tuple(x.shape)}, w {tuple(w.shape)}, s={s} give z ({outputs}, {q})"
        )
    dx, dw, db = torch.zeros_like(x), torch.zeros_like(w), d.new_zeros(outputs)
    for i, t in product(range(outputs), range(q)):
        db[i] += d[i, t]
        for j, u in product(range(channels), range(m)):
            dx[j, s * t + u] += w[i, j, u] * d[i, t]
            dw[i, j, u] += x[j, s * t + u] * d[i, t]
    return dx, dw, db


def places(x: Tensor, w: Tensor, s: int) -> int:
    """q, the number of places where the kernel fits. Raises ``ValueError`` where it fits nowhere."""
    if x.ndim != 2 or w.ndim != 3 or x.shape[0] != w.shape[1]:
        raise ValueError(f"x must be (C, n) and w (O, C, m) with one C; got {tuple(x.shape)} and {tuple(w.shape)}")
    n, m = x.shape[1], w.shape[2]
    if s < 1 or not 1 <= m <= n:
        raise ValueError(f"a valid convolution needs 1 ≤ m ≤ n and s ≥ 1; got m={m}, n={n}, s={s}")
    return (n - m) // s + 1


def toeplitz(w: Tensor, n: int, s: int = 1) -> Tensor:
    """T(w), the layer as one matrix of shape (O·q, C·n): z = T(w) x + b, hence dx = T(w)ᵀ d."""
    outputs, channels, m = w.shape
    q = places(w.new_empty(channels, n), w, s)
    matrix = w.new_zeros(outputs, q, channels, n)
    for t in range(q):
        matrix[:, t, :, s * t : s * t + m] = w
    return matrix.reshape(outputs * q, channels * n)


def windows(x: Tensor, m: int, s: int = 1) -> Tensor:
    """X(x), the same layer as a matrix that acts on the weights, (q, C·m): z[i] = X(x) w[i] + b[i].

    Hence dw[i] = X(x)ᵀ d[i].
    """
    places(x, x.new_empty(1, x.shape[0], m), s)
    return x.unfold(1, m, s).transpose(0, 1).flatten(1)
