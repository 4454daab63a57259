"""The depthwise-separable convolution in the notation of the sheet (14a).

D (M, L, K) holds one spatial kernel per input channel, P (N, M) mixes the channels, B is (N,).
"""

import torch
from torch import Tensor

from .plain import moved, surround


def forward(H: Tensor, P: Tensor, D: Tensor, B: Tensor, *, stride: int = 1, padding: int = 0) -> tuple[Tensor, int]:
    """Z[i] = Σ_j P[i, j]·(D[j] ∗ H[j]) + B[i], and the multiplications that it took."""
    if P.ndim != 2 or D.ndim != 3 or len(D) != P.shape[1]:
        raise ValueError(f"P must be (N, M) and D (M, L, K) with one M; got {tuple(P.shape)} and {tuple(D.shape)}")
    padded, places = surround(H, D[None], stride, padding)
    depthwise = H.new_zeros(len(H), len(D), *places)
    for tap, seen in moved(padded, D[None], stride, places):
        depthwise += D[:, *tap, None, None] * seen
    Z = torch.einsum("ij,tjyx->tiyx", P, depthwise) + B.view(-1, 1, 1)
    return Z, depthwise.numel() * D[0].numel() + Z.numel() * P.shape[1]


def kernel(P: Tensor, D: Tensor) -> Tensor:
    """W[i, j] = P[i, j]·D[j]: all N filters of one input channel are multiples of one kernel. (N, M, L, K)."""
    return P[:, :, None, None] * D
