"""How fast: one 3 × 3 kernel by OpenCV and by hand, on random pictures.

Pictures are float, for OpenCV's float64 (where it has one) is the truth that all are held against. OpenCV gets as many
threads as PyTorch has.
"""

from __future__ import annotations

import torch

from bench import Lab

from . import by_hand
from .problem import Calls, drawn, nine
from .reference import as_busy_as_torch


def variants(lab: Lab, side: int) -> Calls:
    """Kernel 6, right Sobel, five ways."""
    cv2 = as_busy_as_torch()
    image = drawn(lab, side, side)
    K = nine(image)["right sobel"]
    smooth, slope = image.new_tensor((1, 2, 1)), image.new_tensor((-1, 0, 1))
    pixels, taps = image.numpy(), K.numpy()
    return {
        "cv2.filter2D": lambda: torch.from_numpy(cv2.filter2D(pixels, -1, taps)),
        "shifted sums": lambda: by_hand.correlate(image, K),
        "separable": lambda: by_hand.separable(image, smooth, slope),
        "windows × kernel": lambda: by_hand.windows_times_kernel(image, K),
        "conv2d": lambda: by_hand.conv2d(image, K),
    }
