"""The two streams: results on stdout, progress on stderr. ``NO_COLOR`` is honoured, by rich and here."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console


WIDE = 120
"""Columns of what goes into a file or a pipe, unless ``COLUMNS`` says otherwise."""


PLAIN = {
    "✓": "v",
    "✗": "X",
    "×": "x",
    "±": "+-",
    "≤": "<=",
    "≥": ">=",
    "−": "-",
    "µ": "u",
    "…": "...",
    "–": "-",
    "─": "-",
    "→": "->",
    **dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True)),
}


def stdout() -> Console:
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise  # rich would end the process as if it had failed; main() knows better

    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.encoding.lower().startswith("utf"):
        codecs.register_error("plain", plainly)  # a ✓ that cannot be printed must not end the command
        sys.stdout.reconfigure(errors="plain")
    return Piped(highlight=False, width=_width(sys.stdout))


def plainly(error: UnicodeError) -> tuple[str, int]:
    """What stands for signs that a terminal has not: ✓ and ✗ must not look alike."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


def stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, width=_width(sys.stderr))


def _width(stream: Any) -> int | None:
    """Where nobody says how wide it is, rich takes 80 columns, in which a table has no room."""
    return None if stream.isatty() or "COLUMNS" in os.environ else WIDE


def red(text: str) -> str:
    """A red line for ``click.echo``, which drops the colour where no terminal reads it; it costs no import of rich."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else click.style(text, fg="red")


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    import json

    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
