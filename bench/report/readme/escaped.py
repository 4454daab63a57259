"""Text of plugins and runs as a piece of Markdown that is nothing but text."""

from __future__ import annotations

SIGNS = str.maketrans({"|": "∣", "<": "‹", ">": "›", "`": "'", "[": "(", "]": ")"})


def plain(text: str) -> str:
    """On one line, and without what Markdown would take for a table's border, a tag, a link or code."""
    return " ".join(text.split()).translate(SIGNS)
