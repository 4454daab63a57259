"""Multiplications per output place, borders neglected: what each form of the convolution asks for.

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
