"""The ordinary convolution and its derivatives, written out (14d): the factor structure of W is not used.

H is (T, M, Y, X), W (N, M, L, K), B (N,), Z and Δ = ∂L/∂Z are (T, N, Y', X').
"""

from collections.abc import Iterator
from itertools import product

import torch
import torch.nn.functional as F
from torch import Tensor


def forward(H: Tensor, W: Tensor, B: Tensor, *, stride: int = 1, padding: int = 0) -> Tensor:
    """Z[i, y, x] = B[i] + Σ_j Σ_l Σ_k W[i, j, l, k]·H°[j, s·y + l, s·x + k], H° being H with its border of zeros."""
    padded, places = surround(H, W, stride, padding)
    if B.shape != W.shape[:1]:
        raise ValueError(f"B has shape {tuple(B.shape)}; W {tuple(W.shape)} needs ({W.shape[0]},)")
    Z = B.view(-1, 1, 1).repeat(len(H), 1, *places)
    for tap, seen in moved(padded, W, stride, places):
        Z += torch.einsum("ij,tjyx->tiyx", W[:, :, *tap], seen)
    return Z


def backward(Δ: Tensor, H: Tensor, W: Tensor, *, stride: int = 1, padding: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """``(dH, dW, dB)``: for every tap (l, k), what Z[i, y, x] owes to H°[j, s·y + l, s·x + k] and to W[i, j, l, k]."""
    padded, places = surround(H, W, stride, padding)
    if Δ.shape != (len(H), len(W), *places):
        raise ValueError(f"Δ has shape {tuple(Δ.shape)}; Z has {(len(H), len(W), *places)}")
    dH, dW = torch.zeros_like(padded), torch.zeros_like(W)
    for tap, seen in moved(padded, W, stride, places):
        dW[:, :, *tap] = torch.einsum("tiyx,tjyx->ij", Δ, seen)
    for tap, reached in moved(dH, W, stride, places):
        reached += torch.einsum("ij,tiyx->tjyx", W[:, :, *tap], Δ)
    p = padding
    return dH[:, :, p : p + H.shape[2], p : p + H.shape[3]], dW, Δ.sum((0, 2, 3))


def backward_as_convolutions(
    Δ: Tensor, H: Tensor, W: Tensor, *, stride: int = 1, padding: int = 0
) -> tuple[Tensor, Tensor, Tensor]:
    """The same three, each as one convolution that a library can run.

    dH: Δ with zeros put in, under the flipped kernel with its two channel axes exchanged. dW: H under Δ, where images
    and channels change places; the stride has become a dilation.
    """
    padded, places = surround(H, W, stride, padding)
    (L, K), p = W.shape[2:], padding
    reach = [stride * (q - 1) + 1 for q in places]
    stuffed = Δ.new_zeros(*Δ.shape[:2], *reach)
    stuffed[:, :, ::stride, ::stride] = Δ
    full = F.conv2d(stuffed, W.flip(2, 3).transpose(0, 1), padding=(L - 1, K - 1))
    dH = torch.zeros_like(padded)
    dH[:, :, : full.shape[2], : full.shape[3]] = full
    seen = padded[:, :, : reach[0] + L - 1, : reach[1] + K - 1]
    dW = F.conv2d(seen.transpose(0, 1), Δ.transpose(0, 1), dilation=stride).transpose(0, 1)
    return dH[:, :, p : p + H.shape[2], p : p + H.shape[3]], dW, Δ.sum((0, 2, 3))


def surround(H: Tensor, W: Tensor, s: int, p: int) -> tuple[Tensor, tuple[int, int]]:
    """H with a border of p zeros, and the number of places (Y', X') where the kernel fits."""
    if H.ndim != 4 or W.ndim != 4 or H.shape[1] != W.shape[1]:
        raise ValueError(
            f"H must be (T, M, Y, X) and W (N, M, L, K) with one M; got {tuple(H.shape)}, {tuple(W.shape)}"
        )
    if s < 1 or p < 0:
        raise ValueError(f"stride must be at least 1 and padding at least 0; got stride={s}, padding={p}")
    rows, columns = ((side + 2 * p - m) // s + 1 for side, m in zip(H.shape[2:], W.shape[2:], strict=True))
    if min(rows, columns) < 1:
        raise ValueError(f"the kernel {tuple(W.shape[2:])} is larger than H {tuple(H.shape)} padded by {p}")
    return F.pad(H, (p, p, p, p)), (rows, columns)


def moved(padded: Tensor, W: Tensor, s: int, places: tuple[int, int]) -> Iterator[tuple[tuple[int, int], Tensor]]:
    """For every tap (l, k): the view of the padded maps that this tap meets while the kernel slides."""
    rows, columns = places
    for down, right in product(range(W.shape[2]), range(W.shape[3])):
        rows_seen = slice(down, down + s * (rows - 1) + 1, s)
        yield (down, right), padded[:, :, rows_seen, slice(right, right + s * (columns - 1) + 1, s)]
