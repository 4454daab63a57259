"""Values as a picture of a few pixels, blue below zero and red above: a PNG, written without a library."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode

from bench.model.portrait import Pixels
from bench.report.charts.heat_pen import MIDDLE
from bench.report.charts.model import BLUE, RED

Colour = tuple[int, int, int]
UNKNOWN: Colour = (0, 0, 0)
"""Of what is not finite."""


def rgb(code: str) -> Colour:
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return red, green, blue


def colour(value: float | None, largest: float) -> Colour:
    """Of a value on a scale from −``largest`` to ``largest``."""
    if value is None:
        return UNKNOWN
    share = min(1.0, abs(value) / largest) if largest else 0.0
    end = rgb(RED if value > 0 else BLUE)
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(rgb(MIDDLE), end, strict=True))
    return red, green, blue


def data_uri(rows: Pixels, largest: float) -> str:
    """A pixel a value."""
    return f"data:image/png;base64,{b64encode(png(rows, largest)).decode()}"


def png(rows: Pixels, largest: float) -> bytes:
    lines = b"".join(b"\0" + bytes(c for value in row for c in colour(value, largest)) for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    chunks = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
