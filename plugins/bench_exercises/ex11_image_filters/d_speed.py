"""How fast: the bilateral filter by OpenCV and by hand, on random pictures.

Pictures are float, for OpenCV's float64 (where it has one) is the truth that all are held against. OpenCV gets as many
threads as PyTorch has.
"""

from __future__ import annotations

import torch

from bench import Lab

from . import d_bilateral as bf
from .problem import Calls, drawn
from .reference import as_busy_as_torch

SIGMA_COLOR, SIGMA_SPACE = 0.2, 3.0


def variants(lab: Lab, side: int, diameter: int) -> Calls:
    """``cv2.bilateralFilter`` has no float64, and looks its exponentials up in a table."""
    cv2 = as_busy_as_torch()
    image = drawn(lab, side, side)
    levels = image.float().numpy()
    return {
        "shifted pictures": lambda: bf.bilateral(image, diameter, SIGMA_COLOR, SIGMA_SPACE),
        "cv2.bilateralFilter": lambda: torch.from_numpy(
            cv2.bilateralFilter(levels, diameter, SIGMA_COLOR, SIGMA_SPACE)
        ),
        "windows at once": lambda: bf.bilateral_at_once(image, diameter, SIGMA_COLOR, SIGMA_SPACE),
    }
