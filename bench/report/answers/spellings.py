"""Names that a source spells: what a longer profile may find, and the smoke run that ``bench check`` makes does not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_]+")
LETTERS = 4
"""How many an f-string must spell itself: "{a}: {b}" says nothing of a name."""


@dataclass(frozen=True, slots=True)
class Spellings:
    """Every text in some sources and every f-string, whose gaps may be filled with any of their words."""

    patterns: tuple[re.Pattern[str], ...] = ()
    words: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        text = str(name)
        known = self.words.issuperset(WORD.findall(text))
        return known and any(pattern.fullmatch(text) for pattern in self.patterns)


def of(sources: Sequence[str]) -> Spellings:
    spelt = dict.fromkeys(pattern for source in sources for pattern in _in_source(source))
    patterns = tuple(re.compile(pattern, re.DOTALL) for pattern in spelt)
    return Spellings(patterns, frozenset(word for source in sources for word in WORD.findall(source)))


def _in_source(source: str) -> Iterator[str]:
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            texts = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
            if sum(letter.isalpha() for text in texts if text for letter in text) >= LETTERS:
                yield "".join(".+" if text is None else re.escape(text) for text in texts)
