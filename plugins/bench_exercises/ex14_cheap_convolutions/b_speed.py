"""The rank-1 convolution, prepared to be timed."""

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab

from . import by_hand
from .by_hand import Factors
from .problem import LK, PADDING, Calls, images, last, normal
from .reference import full_convolutions


def variants(lab: Lab, channels: int) -> Calls:
    """W = a ∘ b ∘ c ∘ d: one channel between the mixing and the spreading."""
    H, B, *vectors = normal(lab, [images(lab, channels), (channels,), (channels,), (channels,), *((m,) for m in LK)])
    factors = Factors(vectors[0], vectors[1] / channels**0.5, vectors[2], vectors[3])
    H_last, small = last(H), torch.outer(factors.c, factors.d)[None, None]

    def channels_innermost() -> Tensor:
        S = H_last.permute(0, 2, 3, 1) @ factors.b
        V = F.conv2d(S[:, None], small, padding=PADDING)
        return torch.addcmul(B, V.permute(0, 2, 3, 1), factors.a).permute(0, 3, 1, 2)

    return full_convolutions(H, by_hand.kernel(factors), B) | {
        "rank 1, by hand": lambda: by_hand.forward(H, factors, B, padding=PADDING)[0],
        "rank 1, channels_last": channels_innermost,
    }
