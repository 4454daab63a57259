"""The beginning of a paragraph, cut where a reader pauses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bench.report.page.blocks import VOID

MOST = 160
"""Letters that a card has room for."""
TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-zA-Z][\w-]*)[^>]*>|&#?\w+;|.", re.DOTALL)
SENTENCE = re.compile(r"(?<!e\.g|i\.e)[.!?]$")
CLAUSE = re.compile(r"[,;:–—]$")


def shortened(html: str, most: int = MOST) -> str:
    """The HTML of a paragraph, whole if it has at most ``most`` letters; else up to the last sentence that fits, or
    with "…" up to the last clause, or word. At least half of the room is used: "In short." is no answer."""
    sentence = clause = word = 0
    for place, before, letters in _pauses(html):
        if letters > most:
            cut = clause or word
            return html[:sentence] or (f"{html[:cut]} …" if cut else html)
        if letters < most / 2:
            continue
        word = place
        if SENTENCE.search(before) and not html[place:].lstrip()[:1].islower():
            sentence = place
        elif CLAUSE.search(before):
            clause = place
    return html


def _pauses(html: str) -> Iterator[tuple[int, str, int]]:
    """Every gap between words in which no element is open, and the end: its place, the last four letters before it and
    how many there are in all."""
    depth, read = 0, ""
    for match in TOKEN.finditer(html):
        if match["tag"]:
            closed = match["tag"].lower() in VOID or match[0].endswith("/>")  # as MathML's mspace
            depth += 0 if closed else -1 if match["end"] else 1
        elif match[0].isspace() and depth == 0:
            yield match.start(), read[-4:], len(read)
        if not match["tag"]:
            # An entity is one letter.
            read += match[0] if len(match[0]) == 1 else "&"
    yield len(html), read[-4:], len(read)
