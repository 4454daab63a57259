"""Multiplications per output place, borders neglected: what each form of the convolution asks for; and what the layer
of 14d asks of a machine in all.

N output and M input channels, a kernel of L × K.
"""


def full(N: int, M: int, L: int, K: int) -> int:
    return N * M * L * K


def separable(N: int, M: int, L: int, K: int) -> int:
    """Depthwise L·K for each of M channels, then a pointwise N × M matrix."""
    return M * L * K + N * M


def rank1(N: int, M: int, L: int, K: int) -> int:
    return M + L + K + N


def cp(N: int, M: int, L: int, K: int, *, R: int) -> int:
    """R rank-1 terms side by side."""
    return R * rank1(N, M, L, K)


def cp_merged(N: int, M: int, L: int, K: int, *, R: int) -> int:
    """The two one-dimensional passes of every term made into one of L × K."""
    return R * (M + L * K + N)


def layer_operations(N: int, M: int, L: int, K: int, *, places: int) -> int:
    """Floating-point operations of Z, dH and dW, at so many places of all images: each multiplies and adds as often as
    the others. The sums of the biases are neglected."""
    return 3 * 2 * full(N, M, L, K) * places


def layer_bytes(N: int, M: int, L: int, K: int, *, places: int) -> int:
    """Compulsory traffic in float32, as many places in as out: H, Δ, W and B are read once, Z, dH, dW and dB written
    once."""
    return 4 * (2 * (N + M) * places + 2 * N * M * L * K + 2 * N)
