"""The layer as sums over its connections, and the same layer as two matrices.

Letters as in ``answer.md``: x has shape (C, n), w (O, C, m), b (O,), z and d = ∂L/∂z (O, q); the stride is s and
q = ⌊(n − m)/s⌋ + 1 is the number of places where the kernel fits.
"""

from itertools import product

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
