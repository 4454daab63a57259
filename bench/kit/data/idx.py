"""The idx format of MNIST: a magic number, the sizes of the axes, then bytes.

Big-endian; the magic number is ``0x0000080d`` for unsigned bytes in ``d`` dimensions.
Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits.
"""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from bench import plain_file
from bench.errors import BenchError, Missing

if TYPE_CHECKING:
    import numpy as np

UNSIGNED_BYTE = 0x08
ROOM = 2**16
"""Bytes that a packed file may have beside its content."""


def content(path: Path, most: int) -> bytes:
    """The bytes of ``path``, or of ``path`` with ``.gz`` behind it, unpacked; of more than ``most`` one more than that.

    Raises ``Missing`` when neither is there, ``BenchError`` when the packed file is damaged.
    """
    packed = path.with_name(path.name + ".gz")
    if path.is_file():
        return _plain(path, most)
    if not packed.is_file():
        raise Missing(f"{path} is not here")
    try:
        # What is packed is never much longer; zeros behind it would be passed over to their end.
        data = plain_file.read(packed, 2 * most + ROOM)
    except OSError as error:
        raise BenchError(f"{packed} can not be read: {error.strerror}") from None
    try:
        # No more than is wanted: a small file can unpack to more than there is memory.
        with gzip.open(BytesIO(data)) as unpacked:
            return unpacked.read(most + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise BenchError(f"{packed} ({len(data)} bytes) can not be unpacked: {error}") from None


def _plain(path: Path, most: int) -> bytes:
    try:
        with plain_file.opened(path) as file:
            return file.read(most + 1)
    except OSError as error:
        raise BenchError(f"{path} can not be read: {error.strerror}") from None


def size_of(shape: tuple[int, ...]) -> int:
    """Bytes of a file with an array of this shape."""
    return 4 + 4 * len(shape) + prod(shape)


def parse(data: bytes, shape: tuple[int, ...], name: str) -> np.ndarray:
    """The array of unsigned bytes in ``data``, which must have the shape ``shape``.

    Raises ``BenchError`` for another magic number, other sizes, and bytes that are missing or too many.
    """
    import numpy as np

    axes = len(shape)
    start, size = 4 + 4 * axes, size_of(shape)
    # Before anything else: a file that was cut off still has a right beginning.
    if len(data) != size:
        found = f"more than {size}" if len(data) > size else str(len(data))
        raise BenchError(f"{name} should have {size} bytes and has {found}")
    magic, *sizes = (int.from_bytes(data[at : at + 4], "big") for at in range(0, start, 4))
    if magic != UNSIGNED_BYTE << 8 | axes:
        raise BenchError(f"{name} ({size} bytes) starts with {magic:#010x}, not {UNSIGNED_BYTE << 8 | axes:#010x}")
    if tuple(sizes) != shape:
        raise BenchError(f"{name} ({size} bytes) says it holds {tuple(sizes)}, not {shape}")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
