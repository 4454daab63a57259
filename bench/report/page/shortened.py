"""The beginning of a paragraph, cut where a reader pauses: never within a sentence's words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bench.report.page.blocks import VOID

MOST = 160
"""Letters that a card has room for."""
FEWEST = 80
"""Of what is left, so that "In short." is no answer."""
TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-zA-Z][\w-]*)[^>]*>|&#?\w+;|.", re.DOTALL)
SENTENCE = re.compile(r"(?<!e\.g|i\.e)[.!?]$")
CLAUSE = re.compile(r"[,;:–—]$")


def shortened(html: str, most: int = MOST) -> str:
    """The HTML of a paragraph, whole if it has at most ``most`` letters; else up to the last sentence that fits, or
    with "…" up to the last clause."""
    sentence = clause = 0
    for place, before, letters in _pauses(html):
        if letters > most:
            return html[:sentence] or (f"{html[:clause]} …" if clause else html)
        if letters >= FEWEST and SENTENCE.search(before) and not html[place:].lstrip()[:1].islower():
            sentence = place
        elif letters >= FEWEST and CLAUSE.search(before):
            clause = place
    return html


def _pauses(html: str) -> Iterator[tuple[int, str, int]]:
    """Every gap between words in which no element is open, and the end: its place, the last four letters before it and
    how many there are in all."""
    depth, read = 0, ""
    for match in TOKEN.finditer(html):
        if match["tag"]:
            depth += 0 if match["tag"].lower() in VOID else -1 if match["end"] else 1
        elif match[0].isspace() and depth == 0:
            yield match.start(), read[-4:], len(read)
        if not match["tag"]:
            # An entity is one letter.
            read += match[0] if len(match[0]) == 1 else "&"
    yield len(html), read[-4:], len(read)
