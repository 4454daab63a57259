"""Names that a source spells: what a longer profile may find, and the smoke run that ``bench check`` makes does not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

LETTERS = 4
"""How many an f-string must spell itself: "{a}: {b}" says nothing of a name."""


def patterns(sources: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Every text in the sources, and every f-string, whose gaps may be filled with anything."""
    spelt = {pattern: None for source in sources for pattern in _in_source(source)}
    return tuple(re.compile(pattern, re.DOTALL) for pattern in spelt)


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
