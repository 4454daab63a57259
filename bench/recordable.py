"""What a study gives, as it can be recorded: finite numbers, cells of tables, names of files, pictures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.model import Cell
from bench.texts import CAPTION, brief, class_of, kind_of, text

LARGEST = 2**63
"""Whole numbers below this have a place in JSON as every program reads it."""
STEM = 60
"""Characters of a name that a file's name keeps."""
PIXELS = 40_000_000
DPI = 150
REAL = frozenset("biuf")
"""The kinds of types, as numpy calls them, of which a picture can be."""


def stem(name: str) -> str:
    """A file name for it, and no other name's: one that loses something by that ends with a hash of it."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:STEM].rstrip("-") or "unnamed"
    return plain if plain == name else f"{plain}-{sha256(name.encode(errors='surrogatepass')).hexdigest()[:8]}"


def finite(value: Any, what: str) -> float:
    """A Python float, or ``ValueError`` that names what was not finite, and ``TypeError`` what is no number."""
    # numpy's and torch's numbers become Python's: others would not be stored as they are.
    try:
        plain = value.item() if hasattr(value, "item") else value
        if isinstance(plain, str | bytes) or class_of(value) == "MaskedConstant":
            raise TypeError("float() reads a text too, and takes what numpy has masked for 0")
        number = float(plain)
    except OverflowError as error:
        raise ValueError(f"{what} is too large for a float") from error
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(f"{what} is {kind_of(value)} ({brief(value)}): give one number") from error
    if not math.isfinite(number):
        raise ValueError(f"{what} is {number}")
    return number


def in_order(values: Iterable[Any], what: str, give: str) -> Iterator[Any]:
    """To go through it. ``TypeError`` names what cannot be gone through; what its items raise is theirs."""
    try:
        return iter(values)
    except (TypeError, RuntimeError) as error:
        raise TypeError(f"{what} is {kind_of(values)} ({brief(values)}): give {give}") from error


def numbers(values: Iterable[Any], what: str) -> list[float]:
    try:
        listed = values.tolist() if hasattr(values, "tolist") else values
    except RuntimeError as error:  # torch's, for what has no values or is none of the dense
        raise TypeError(f"{what} is {kind_of(values)} ({brief(values)}): give numbers") from error
    return [finite(value, f"{what}[{i}]") for i, value in enumerate(in_order(listed, what, "numbers"))]


def whole(value: Any, what: str) -> int:
    """A Python int; errors as of ``finite``."""
    finite(value, what)
    return int(value)


def cell(value: Any, what: str) -> Cell:
    if value is None or type(value) is bool:
        return value
    if isinstance(value, str):
        return text(value, what, CAPTION)
    if isinstance(value, int):
        if abs(value) >= LARGEST:
            raise ValueError(f"{what} is a whole number beyond 2**63: give a float")
        return int(value)
    return finite(value, what)


def require_size(sides: Sequence[float], what: str) -> None:
    """``ValueError`` for a picture of more pixels than a page can show."""
    if sides[0] * sides[1] > PIXELS:
        raise ValueError(f"{what} has {sides[0]:.0f} × {sides[1]:.0f} pixels, of at most {PIXELS:,}: make it smaller")


def save_image(picture: Any, path: Path, what: str = "a picture") -> None:
    """Write an array of shape (H, W), (H, W, 3) or (H, W, 4) as PNG. ``TypeError`` for anything else, ``ValueError``
    for more than 40 million pixels."""
    from matplotlib.image import imsave

    with drawing(what):
        array = picture.detach().cpu().numpy() if hasattr(picture, "detach") else picture
    kind = getattr(getattr(array, "dtype", None), "kind", "")
    shape = tuple(array.shape) if kind else ()
    if not (len(shape) == 2 or (len(shape) == 3 and shape[2] in (3, 4))) or 0 in shape:
        seen = f"of shape {shape}" if shape else f"{kind_of(picture)} ({brief(picture)})"
        raise TypeError(f"{what} is {seen}: give a matplotlib Figure, or an array of shape (H, W) or (H, W, 3)")
    if kind not in REAL:
        raise TypeError(f"{what} has values of the type {brief(array.dtype)}: give real numbers")
    require_size(shape[:2], what)
    with drawing(what):
        imsave(path, array, cmap="gray" if array.ndim == 2 else None)


def save_drawing(figure: Any, path: Path, what: str) -> None:
    """Write a figure of matplotlib as PNG. ``ValueError`` for more than 40 million pixels, what it has drawn beside its
    axes included, and for what matplotlib cannot draw."""
    with drawing(what):
        sides = [figure.get_size_inches()]
        if hasattr(figure, "get_tightbbox"):  # a text far outside of the axes makes it as large as that is far
            sides.append(figure.get_tightbbox().size)
    for width, height in sides:
        require_size((DPI * width, DPI * height), what)
    with drawing(what):
        figure.savefig(path, dpi=DPI, bbox_inches="tight")


@contextmanager
def drawing(what: str) -> Iterator[None]:
    """``ValueError`` that names the picture, where it cannot be drawn."""
    try:
        yield
    except (OSError, MemoryError):  # the machine's, and no fault of the picture's
        raise
    except Exception as error:
        words = " ".join(str(error).split())
        raise ValueError(f"{what} cannot be drawn: {class_of(error)}: {words}") from error
