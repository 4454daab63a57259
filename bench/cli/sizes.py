"""Sizes of memory as they are typed: ``500MB``, ``2 GiB``."""

from __future__ import annotations

import re

from bench.errors import UsageError

SIZE = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([KMGT])(i?)B\s*", re.IGNORECASE | re.ASCII)
EXPONENTS = {"K": 1, "M": 2, "G": 3, "T": 4}
LEAST = 1_000_000
MOST = 2**60


def parse(option: str, text: str) -> int:
    """Bytes: KB, MB, GB and TB are powers of 1000, KiB and so on of 1024. Raises ``UsageError`` for anything else, and
    for less than a megabyte, in which no process can do anything."""
    match = SIZE.fullmatch(text)
    if match is None:
        raise UsageError(f"{option} {text!r} is no size: write it as 500MB or 2GiB")
    base = 1024 if match[3] else 1000
    size = int(float(match[1]) * base ** EXPONENTS[match[2].upper()])
    if not LEAST <= size <= MOST:
        raise UsageError(f"{option} {text!r}: a size is at least 1MB, and at most 2^60 bytes")
    return size
