"""A sum of R rank-1 terms (CP) as a chain of convolutions; and with as many terms as channels, prepared to be timed."""

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab

from .problem import LK, Calls, images, last, normal
from .reference import full_convolutions

Chain = tuple[Tensor, ...]
"""Kernels for ``conv2d``, one after another; all but the first and the last work on each of the R maps alone."""


def steps(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Chain:
    """Of a (N, R), b (R, M), c (R, L) and d (R, K): four convolutions."""
    return b[:, :, None, None], c[:, None, :, None], d[:, None, None, :], a[:, :, None, None]


def merged(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Chain:
    """c and d made one kernel of L × K: three convolutions."""
    first, down, along, final = steps(a, b, c, d)
    return first, down * along, final


def apply(H: Tensor, chain: Chain, B: Tensor) -> Tensor:
    """Z of the size of H: (T, M, Y, X) → (T, N, Y, X)."""
    first, *inner, final = chain
    maps = F.conv2d(H, first)
    for w in inner:
        maps = F.conv2d(maps, w, padding=(w.shape[2] // 2, w.shape[3] // 2), groups=len(w))
    return F.conv2d(maps, final, B)


def variants(lab: Lab, channels: int) -> Calls:
    """W = Σ_r a_r ∘ b_r ∘ c_r ∘ d_r with as many terms as channels."""
    R = channels
    shapes = ((channels, R), (R, channels), (R, LK[0]), (R, LK[1]))
    H, B, a, b, c, d = normal(lab, [images(lab, channels), (channels,), *shapes])
    a, b = a / R**0.5, b / channels**0.5
    four, three = steps(a, b, c, d), merged(a, b, c, d)
    terms = torch.einsum("rm,rlk->rmlk", b, three[1][:, 0])
    W = (a @ terms.flatten(1)).view(channels, channels, *LK)
    H_last, four_last, three_last = last(H), tuple(map(last, four)), tuple(map(last, three))
    return full_convolutions(H, W, B) | {
        "CP": lambda: apply(H, four, B),
        "CP, channels_last": lambda: apply(H_last, four_last, B),
        "CP, c and d merged, channels_last": lambda: apply(H_last, three_last, B),
    }
