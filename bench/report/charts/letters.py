"""How much room letters take, before any browser says so: rather too much than too little."""

from __future__ import annotations

import re
from functools import lru_cache

SIZE = 11
"""Pixels: the size of labels."""
LINE = 13
"""Pixels from one line of a label to the next."""
NARROW, WIDE = frozenset("ijl.,:;|!'()[] ftr/"), frozenset("mwMW@%—…µ±")
JOINTS = re.compile(r"(?<=[_,/:=])")
"""After these a long word may be broken."""


@lru_cache(maxsize=8192)
def width(text: str, size: float = SIZE) -> float:
    """Pixels that a line of text takes at most in the usual sans-serif fonts."""
    return size * sum(_share(letter) for letter in text)


def _share(letter: str) -> float:
    if letter in NARROW:
        return 0.42
    if letter in WIDE:
        return 1.0
    # Beyond Latin and Greek letters may be square.
    return 1.05 if ord(letter) > 0x2E80 else 0.76 if letter.isupper() else 0.64


def wrapped(text: str, most: float, size: float = SIZE) -> tuple[str, ...]:
    """Lines no wider than ``most`` pixels, broken at spaces; a word that alone is too long is broken after underscores
    and the like, and within letters where those of one part are still too many."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}", size) <= most:
            lines[-1] += f" {word}"
            continue
        lines += _pieces(word, most, size)
    return tuple(lines)


def widest_part(text: str, size: float = SIZE) -> float:
    """Pixels below which a line is broken within letters."""
    return max((width(part, size) for word in text.split() for part in _parts(word)), default=0.0)


def _parts(word: str) -> list[str]:
    return [part for part in JOINTS.split(word) if part]


def _pieces(word: str, most: float, size: float) -> list[str]:
    pieces = [""]
    for part in _parts(word) if width(word, size) > most else [word]:
        if pieces[-1] and width(pieces[-1] + part, size) > most:
            pieces.append("")
        for letter in part:
            if pieces[-1] and width(pieces[-1] + letter, size) > most:
                pieces.append("")
            pieces[-1] += letter
    return pieces


def wrap_height(lines: tuple[str, ...]) -> int:
    return LINE * len(lines)
