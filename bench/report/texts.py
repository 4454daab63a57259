"""Texts for a terminal: as they stand, never read as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.text import Text

GOOD, BAD, SOFT = "green", "bold red", "dim"


def text(words: str, style: str = "") -> Text:
    """Without markup and without control characters, which could move the cursor."""
    from rich.text import Text

    return Text("".join(c if c == "\n" or c.isprintable() else "�" for c in words), style=style)


def indented(words: str, style: str = "") -> Padding:
    """A paragraph that stands four columns in, however often it wraps."""
    from rich.padding import Padding

    return Padding(text(words, style), (0, 0, 0, 4), expand=False)


def sign(ok: bool) -> Text:
    return text("✓ " if ok else "✗ ", GOOD if ok else BAD)
