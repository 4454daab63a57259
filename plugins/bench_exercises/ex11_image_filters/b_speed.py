"""How fast: matching a template by OpenCV and by hand, on random pictures.

Pictures are float, for OpenCV's float64 (where it has one) is the truth that all are held against. OpenCV gets as many
threads as PyTorch has.
"""

from __future__ import annotations

import torch

from bench import Lab

from . import b_matching as matching
from .problem import Calls, drawn
from .reference import as_busy_as_torch


def variants(lab: Lab, side: int, template: int) -> Calls:
    """CCORR of one grey picture; ``cv2.matchTemplate`` has no float64."""
    cv2 = as_busy_as_torch()
    if template >= side:
        raise ValueError(f"a template of {template} pixels is not smaller than a picture of {side}: lower template")
    image = drawn(lab, 1, side, side)
    T = image[:, :template, :template].contiguous()
    levels, patch = image[0].float().numpy(), T[0].float().numpy()
    return {
        "direct sums (conv2d)": lambda: matching.correlation_directly(image, T),
        "spectra": lambda: matching.correlation(image, T),
        "cv2.matchTemplate": lambda: torch.from_numpy(cv2.matchTemplate(levels, patch, cv2.TM_CCORR)),
    }
