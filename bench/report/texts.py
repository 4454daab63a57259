"""Texts for a terminal: as they stand, never read as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.texts import escaped, uncommanded

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.text import Text

GOOD, BAD, SOFT = "green", "bold red", "dim"


def text(words: str, style: str = "") -> Text:
    """Without markup, without control characters, which could move the cursor, and without commands to a runner."""
    from rich.text import Text

    return Text(uncommanded("".join(c if c == "\n" or c.isprintable() else "�" for c in words)), style=style)


def on_page(value: object) -> object:
    """What a template sets, as a page shows it: a text with its control characters and turning marks as ``\\x1b``. What
    is marked as HTML is left alone; it is escaped beforehand."""
    return escaped(value, keep="\n\t") if type(value) is str else value


def indented(words: str, style: str = "") -> Padding:
    """A paragraph that stands four columns in, however often it wraps."""
    from rich.padding import Padding

    return Padding(text(words, style), (0, 0, 0, 4), expand=False)


def sign(ok: bool) -> Text:
    return text("✓ " if ok else "✗ ", GOOD if ok else BAD)
