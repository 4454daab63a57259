"""The idx format of MNIST: a magic number, the sizes of the axes, then bytes.

Big-endian; the magic number is ``0x0000080d`` for unsigned bytes in ``d`` dimensions.
Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits.
"""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError, Missing

if TYPE_CHECKING:
    import numpy as np

UNSIGNED_BYTE = 0x08


def content(path: Path) -> bytes:
    """The bytes of ``path``, or of ``path`` with ``.gz`` behind it, unpacked.

    Raises ``Missing`` when neither is there, ``BenchError`` when the packed file is damaged.
    """
    packed = path.with_name(path.name + ".gz")
    if path.is_file():
        return path.read_bytes()
    if not packed.is_file():
        raise Missing(f"{path} is not here")
    try:
        return gzip.decompress(packed.read_bytes())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BenchError(f"{packed} ({packed.stat().st_size} bytes) can not be unpacked: {error}") from None


def parse(data: bytes, shape: tuple[int, ...], name: str) -> np.ndarray:
    """The array of unsigned bytes in ``data``, which must have the shape ``shape``.

    Raises ``BenchError`` for another magic number, other sizes, and bytes that are missing or too many.
    """
    import numpy as np

    axes = len(shape)
    start = 4 + 4 * axes
    size = start + prod(shape)
    # Before anything else: a file that was cut off still has a right beginning.
    if len(data) != size:
        raise BenchError(f"{name} should have {size} bytes and has {len(data)}")
    magic, *sizes = (int.from_bytes(data[at : at + 4], "big") for at in range(0, start, 4))
    if magic != UNSIGNED_BYTE << 8 | axes:
        raise BenchError(f"{name} ({size} bytes) starts with {magic:#010x}, not {UNSIGNED_BYTE << 8 | axes:#010x}")
    if tuple(sizes) != shape:
        raise BenchError(f"{name} ({size} bytes) says it holds {tuple(sizes)}, not {shape}")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
