"""How fast: OpenCV against the same computation by hand, on random pictures.

Pictures are float, for OpenCV's float64 (where it has one) is the truth that all are held against. OpenCV gets as many
threads as PyTorch has.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bench import Lab

from . import bilateral as bf
from . import kernels, matching
from .opencv import as_busy_as_torch

Calls = dict[str, Callable[[], Tensor]]
SIGMA_COLOR, SIGMA_SPACE = 0.2, 3.0


def drawn(lab: Lab, *shape: int) -> Tensor:
    """Levels 0 … 1."""
    return torch.rand(shape, generator=lab.generator()).to(lab.device, lab.dtype)


def filtering(lab: Lab, side: int) -> Calls:
    """Kernel 6, right Sobel, five ways."""
    cv2 = as_busy_as_torch()
    image = drawn(lab, side, side)
    K = kernels.nine(image)["right sobel"]
    smooth, slope = image.new_tensor((1, 2, 1)), image.new_tensor((-1, 0, 1))
    pixels, taps = image.numpy(), K.numpy()
    return {
        "cv2.filter2D": lambda: torch.from_numpy(cv2.filter2D(pixels, -1, taps)),
        "shifted sums": lambda: kernels.correlate(image, K),
        "separable": lambda: kernels.separable(image, smooth, slope),
        "windows × kernel": lambda: kernels.windows_times_kernel(image, K),
        "conv2d": lambda: kernels.conv2d(image, K),
    }


def template_matching(lab: Lab, side: int, template: int) -> Calls:
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


def bilateral_filtering(lab: Lab, side: int, diameter: int) -> Calls:
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
