"""What commands wrote to their terminals, where an engine keeps it: ``RUN/output/HANDLE.out``."""

from __future__ import annotations

import re
from pathlib import Path

from bench import plain_file

OUTPUT = "output"
NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")
TAIL = 4096
"""Bytes that are read from the end of a file."""


def last_line(folder: Path, handle: str) -> str:
    """What a command said last, at most 200 letters; empty where nothing is known."""
    if not NAME.fullmatch(handle):
        return ""
    try:
        with plain_file.opened(folder / OUTPUT / f"{handle}.out") as file:
            file.seek(max(0, file.seek(0, 2) - TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    lines = ["".join(filter(str.isprintable, line)).strip() for line in text.splitlines()]
    return next((line for line in reversed(lines) if line), "")[:200]


def last_words(folder: Path, handle: str) -> str:
    """The same as the end of a sentence."""
    last = last_line(folder, handle)
    return f"; it said last: {last}" if last else ""


def left_alone(folder: Path, number: int, handle: str, given: int) -> str:
    """What is said of a shard that was given out so often in vain, ``handle`` being the last one's."""
    return f"shard {number} was given out {given} times and never done: left alone{last_words(folder, handle)}"
