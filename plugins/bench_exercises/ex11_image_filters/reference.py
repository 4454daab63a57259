"""What OpenCV answers: the module, imported late, the way between its arrays and our tensors, and its functions.

OpenCV's arrays are (height, width) or (height, width, 3) in blue, green, red; our tensors put the channels first and
are red, green, blue.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bench.errors import Missing

PACKAGES = {
    "libGL": "libgl1",
    "libEGL": "libegl1",
    "libgthread-2.0": "libglib2.0-0",
    "libglib-2.0": "libglib2.0-0",
    "libSM": "libsm6",
    "libICE": "libice6",
    "libXext": "libxext6",
    "libXrender": "libxrender1",
    "libX11": "libx11-6",
    "libxcb": "libxcb1",
}
"""Debian's package for each system library that a slim image may lack."""


def opencv() -> Any:
    """The module ``cv2``. Raises ``Missing`` with the command that installs what its import asks for."""
    try:
        import cv2
    except ImportError as error:
        raise Missing(remedy(error)) from error
    return cv2


def remedy(error: ImportError) -> str:
    """One line that says what to install."""
    library = re.search(r"(lib[\w.+-]*?)\.so[.\d]*", str(error))
    if library is None:
        return f"OpenCV cannot be imported ({' '.join(str(error).split())}): pip install opencv-python"
    package = PACKAGES.get(library[1])
    if package is None:
        return f"OpenCV needs the system library {library[0]}: install the package of your system that has it"
    return f"OpenCV needs the system library {library[0]}: apt-get install {package}"


def as_busy_as_torch() -> Any:
    """``cv2``, with as many threads as PyTorch has in this process: only for a process that measures, and then ends."""
    cv2 = opencv()
    cv2.setNumThreads(torch.get_num_threads())
    return cv2


def array(picture: Tensor) -> np.ndarray:
    """(H, W) as it is; (3, H, W) in RGB as (H, W, 3) in BGR."""
    return np.ascontiguousarray((picture.flip(0).movedim(0, -1) if picture.ndim == 3 else picture).cpu().numpy())


def tensor(pixels: np.ndarray, like: Tensor) -> Tensor:
    """The way back from ``array``, to the device and dtype of ``like``."""
    picture = torch.from_numpy(np.ascontiguousarray(pixels))
    return (picture.movedim(-1, 0).flip(0) if picture.ndim == 3 else picture).to(like)


def filter2d(picture: Tensor, kernel: Tensor) -> Tensor:
    """``cv2.filter2D`` with ``ddepth`` CV_64F: nothing is rounded and nothing is cut off."""
    cv2 = opencv()
    return tensor(cv2.filter2D(array(picture), cv2.CV_64F, kernel.cpu().numpy()), picture)


def filter2d_in_8_bits(picture: Tensor, kernel: Tensor) -> Tensor:
    """``cv2.filter2D`` with ``ddepth`` -1 of whole levels: as deep as the picture, cut off at 0 and 255."""
    return tensor(opencv().filter2D(array(picture.to(torch.uint8)), -1, kernel.cpu().numpy()), picture)


def match_template(picture: Tensor, template: Tensor, method: str) -> Tensor:
    """``cv2.matchTemplate``, which knows 8-bit and float32 pictures."""
    cv2 = opencv()
    found = cv2.matchTemplate(array(picture.float()), array(template.float()), getattr(cv2, f"TM_{method}"))
    return tensor(found, picture)


def canny(picture: Tensor, low: float, high: float) -> Tensor:
    """``cv2.Canny`` of a grey picture of whole levels, as booleans."""
    found = opencv().Canny(array(picture.to(torch.uint8)), low, high)
    return tensor(found, picture) > 0


def gaussian_blur(picture: Tensor, sigma: float, side: int) -> Tensor:
    """``cv2.GaussianBlur`` with side × side weights, in the picture's own float type: nothing is rounded."""
    return tensor(opencv().GaussianBlur(array(picture), (side, side), sigma), picture)


def bilateral_filter(picture: Tensor, diameter: int, sigma_color: float, sigma_space: float) -> Tensor:
    """``cv2.bilateralFilter`` in 8 bits for whole levels."""
    levels = array(picture.to(torch.uint8))
    return tensor(opencv().bilateralFilter(levels, diameter, sigma_color, sigma_space), picture)
