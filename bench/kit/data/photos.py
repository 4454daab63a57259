"""Photographs: the two that ship inside scikit-learn, and anyone's own."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bench import plain_file
from bench.errors import BenchError
from bench.kit.data.dataset import fingerprint
from bench.kit.data.packaged import packaged

if TYPE_CHECKING:
    from torch import Tensor

NAMES = ("flower", "china")
MOST_BYTES = 300_000_000
"""Of a file, and ``MOST_PIXELS`` of the picture in it, whose three colours take as much: more than any camera has."""
MOST_PIXELS = 100_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One photograph: ``pixels`` is uint8 of shape (height, width, 3): red, green, blue. They are shared: never write
    into them."""

    name: str
    source: str
    pixels: Tensor
    stand_in: bool = False

    @property
    def sizes(self) -> Mapping[str, int]:
        height, width, _ = self.pixels.shape
        return {"rows": height, "columns": width}

    @property
    def sha256(self) -> str:
        return fingerprint(self.pixels)


@cache
def photo(name: str) -> Photo:
    """scikit-learn's ``flower`` (a dahlia) or ``china`` (the Summer Palace in Beijing), 427 × 640 pixels.

    The pixels are what Pillow decodes: another JPEG decoder may differ by a level, and the fingerprint then says so.
    Raises ``ValueError`` for another name, ``Missing`` when scikit-learn is not installed, ``BenchError`` when its file
    is not whole.
    """
    if name not in NAMES:
        raise ValueError(f"there is no photograph {name!r}: take one of {', '.join(NAMES)}")
    path = packaged("sklearn", "scikit-learn", f"datasets/images/{name}.jpg")
    try:
        return Photo(name, f"scikit-learn's {name}.jpg", decode(path))
    except ValueError as error:
        raise BenchError(f"{error}; pip install --force-reinstall scikit-learn") from error


def photo_at(path: Path, name: str) -> Photo:
    """The picture in a file. Raises ``ValueError`` for a path that is not there, or not a picture."""
    return Photo(name, str(path), decode(path))


def decode(path: Path) -> Tensor:
    """The pixels of a picture file, upright and without transparency, as uint8 (height, width, 3) in RGB.

    Raises ``ValueError`` with the path for what cannot be read as a picture.
    """
    import numpy as np
    import torch
    from PIL import Image, ImageOps

    if not path.is_file():
        raise ValueError(f"{path} is not a file")
    try:
        data = BytesIO(plain_file.read(path, MOST_BYTES))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of notes that are cut off, and of its size, which is looked at here
            with Image.open(data) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise ValueError(f"{opened.width} × {opened.height} pixels")
                # A camera that was held upright notes it in the file and leaves the pixels lying.
                upright = ImageOps.exif_transpose(opened).convert("RGB")
    except Exception as error:  # a decoder may raise anything at a damaged file
        raise ValueError(f"{path} cannot be read as a picture ({type(error).__name__})") from error
    return torch.from_numpy(np.array(upright))
