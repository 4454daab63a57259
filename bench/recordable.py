"""What a study gives, as it can be recorded: finite numbers, cells of tables, names of files, pictures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.model import Cell


def stem(name: str) -> str:
    """A file name for it."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"


def finite(value: Any, what: str) -> float:
    """A Python float, or ``ValueError`` that names what was not finite."""
    # numpy's and torch's numbers become Python's: others would not be stored as they are.
    number = float(value.item() if hasattr(value, "item") else value)
    if not math.isfinite(number):
        raise ValueError(f"{what} is {number}")
    return number


def numbers(values: Iterable[Any], what: str) -> list[float]:
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    return [finite(value, f"{what}[{i}]") for i, value in enumerate(listed)]


def cell(value: Any, what: str) -> Cell:
    if value is None or isinstance(value, bool | int | str):
        return value
    return finite(value, what)


def save_image(picture: Any, path: Path) -> None:
    from matplotlib.image import imsave

    array = picture.detach().cpu().numpy() if hasattr(picture, "detach") else picture
    imsave(path, array, cmap="gray" if array.ndim == 2 else None)
