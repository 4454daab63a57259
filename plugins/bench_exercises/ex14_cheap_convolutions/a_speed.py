"""The separable convolution, prepared to be timed: everything that is not the question is done before."""

import torch.nn.functional as F
from torch import Tensor

from bench import Lab

from . import a_form
from .problem import LK, PADDING, Calls, images, last, normal
from .reference import full_convolutions


def variants(lab: Lab, channels: int) -> Calls:
    """Depthwise-separable, M = N = channels: W[i, j] = P[i, j]·D[j]."""
    H, P, D, B = normal(lab, [images(lab, channels), (channels, channels), (channels, *LK), (channels,)])
    P = P / channels**0.5
    depth, point = D[:, None], P[:, :, None, None]
    H_last, depth_last, point_last = last(H), last(depth), last(point)

    def two_steps(H: Tensor, depth: Tensor, point: Tensor) -> Tensor:
        return F.conv2d(F.conv2d(H, depth, padding=PADDING, groups=channels), point, B)

    return full_convolutions(H, a_form.kernel(P, D), B) | {
        "separable": lambda: two_steps(H, depth, point),
        "separable, channels_last": lambda: two_steps(H_last, depth_last, point_last),
    }
