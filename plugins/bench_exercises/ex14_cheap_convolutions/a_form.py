"""The depthwise-separable convolution in the notation of the sheet (14a)."""

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor


class Separable(NamedTuple):
    """D (M, L, K) holds one spatial kernel per input channel, P (N, M) mixes the channels; B1 (M,) is the bias of the
    depthwise step, B2 (N,) that of the pointwise one."""

    P: Tensor
    D: Tensor
    B1: Tensor
    B2: Tensor


def forward(H: Tensor, layer: Separable, *, stride: int = 1, padding: int = 0) -> Tensor:
    """G[j] = D[j] ∗ H[j] + B1[j], then Z[i] = Σ_j P[i, j]·G[j] + B2[i]: (T, M, Y, X) → (T, N, Y', X').

    Raises ``ValueError`` where P and D do not fit together.
    """
    P, D, B1, B2 = layer
    if P.ndim != 2 or D.ndim != 3 or len(D) != P.shape[1]:
        raise ValueError(f"P must be (N, M) and D (M, L, K) with one M; got {tuple(P.shape)} and {tuple(D.shape)}")
    G = F.conv2d(H, D[:, None], B1, stride=stride, padding=padding, groups=len(D))
    return F.conv2d(G, P[:, :, None, None], B2)


def kernel(P: Tensor, D: Tensor) -> Tensor:
    """W[i, j] = P[i, j]·D[j]: all N filters of one input channel are multiples of one kernel. (N, M, L, K)."""
    return P[:, :, None, None] * D


def bias(layer: Separable) -> Tensor:
    """B[i] = B2[i] + Σ_j P[i, j]·B1[j]. B1 is added behind the border of zeros, so that this holds at every place."""
    return layer.B2 + layer.P @ layer.B1
