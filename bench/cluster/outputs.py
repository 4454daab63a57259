"""What commands wrote to their terminals, where an engine keeps it: ``RUN/output/HANDLE.out``."""

from __future__ import annotations

import re
from pathlib import Path

OUTPUT = "output"
NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")
TAIL = 4096
"""Bytes that are read from the end of a file."""


def last_line(folder: Path, handle: str) -> str:
    """What a command said last, at most 200 letters; empty where nothing is known."""
    if not NAME.fullmatch(handle):
        return ""
    try:
        with (folder / OUTPUT / f"{handle}.out").open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    lines = ["".join(filter(str.isprintable, line)).strip() for line in text.splitlines()]
    return next((line for line in reversed(lines) if line), "")[:200]
