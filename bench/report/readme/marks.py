"""Marks in a page, between which stands what is generated; all else is written by hand.

A mark names what is wanted in its first line, and may hold a text to be filled in::

    <!-- bench live ex10
    One output judges {{ metric("one output: test accuracy") }} of the digits rightly.
    -->
    …
    <!-- end -->
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bench.errors import BenchError

BEGIN, END = "<!-- bench ", "<!-- end -->"
MARKED = re.compile(rf"(?P<opening>{BEGIN}(?P<words>[^\n]*?)(?P<body>\n.*?)?-->)\n(?P<inside>.*?){END}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """``<!-- bench chart ex10.a.speed ratio -->``: its ``kind``, the words after it, and the text that it holds."""

    kind: str
    words: tuple[str, ...]
    body: str


def marks(text: str) -> tuple[Mark, ...]:
    """Every mark of a page, in order. Raises ``BenchError`` for one without its end."""
    matches = list(MARKED.finditer(text))
    if text.count(BEGIN) != len(matches) or text.count(END) != len(matches):
        raise BenchError(f"every mark {BEGIN}… --> needs its {END} on a later line, before the next mark")
    return tuple(map(_mark, matches))


def _mark(match: re.Match[str]) -> Mark:
    kind, *words = match["words"].split() or [""]
    return Mark(kind, tuple(words), (match["body"] or "").strip("\n"))


def fill(text: str, make: Callable[[Mark], str]) -> str:
    """``text`` with what ``make`` gives between the marks. Raises ``BenchError`` like ``marks``."""
    marks(text)
    return MARKED.sub(lambda match: f"{match['opening']}\n\n{make(_mark(match)).strip()}\n\n{END}", text)
