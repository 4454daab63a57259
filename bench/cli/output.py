"""The two streams: results on stdout, progress on stderr. ``NO_COLOR`` is honoured, by rich and here."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from bench.texts import uncommanded

if TYPE_CHECKING:
    from rich.console import Console


SIZE = re.compile("[0-9]{1,4}")
WIDE = 120
"""Columns of what goes into a file or a pipe, unless ``COLUMNS`` says otherwise."""


NOT_ASCII = re.compile(r"[^\x00-\x7f]")
UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""What JSON may hold as it is, and a terminal obeys or hides."""
OLD_COMMAND = "##["
"""How commands to GitHub's runner began once, anywhere in a line; the newer ones begin it, as no text of JSON does."""
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
    return _console(sys.stdout, stderr=False)


def stderr() -> Console:
    return _console(sys.stderr, stderr=True)


def _console(stream: Any, *, stderr: bool) -> Console:
    from rich.console import Console
    from rich.text import Text

    class Ours(Console):
        def on_broken_pipe(self) -> None:
            raise  # rich would end the process as if it had failed; main() knows better

        def render_str(self, text: str, **options: Any) -> Text:
            """Every text that is no ``Text`` yet comes by here, and many are of plugins and of stored runs."""
            return super().render_str(visible(text), **options)

    return Ours(stderr=stderr, highlight=False, width=_width(stream), _environ=_surroundings())


def open_streams() -> None:
    """Have all three streams, and have them take every text: whoever closed one does not want to read it, and a ✓ that
    cannot be printed must not end the command."""
    _fill_closed()
    if sys.stderr is sys.__stderr__ and isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = unheard(sys.stderr)
    codecs.register_error("plain", plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Even UTF-8 has no letters for the bytes of a file name that are not.
            stream.reconfigure(errors="backslashreplace" if _is_unicode(stream) else "plain")


class Unheard(io.FileIO):
    """A stream whose reader may go, and whose disk may be full: what is said there is lost, and the work goes on."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def unheard(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """The same stream, but that nothing fails because nobody takes what is said there: neither a run of hours for its
    progress, nor the end of the process for the last line."""
    raw = Unheard(stream.fileno(), "wb", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, stream.errors, line_buffering=True)


def _fill_closed() -> None:
    """A file that is opened takes the lowest number that is free: without this a run's journal could become stdout."""
    with suppress(OSError):
        while (handle := os.open(os.devnull, os.O_RDWR)) < 3:
            os.set_inheritable(handle, True)  # a child has it as it would have a stream
        os.close(handle)
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115, PTH123 - they live as long as the process
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


def _is_unicode(stream: Any) -> bool:
    return str(stream.encoding).lower().startswith("utf")


def plainly(error: UnicodeError) -> tuple[str, int]:
    """What stands for signs that a terminal has not: ✓ and ✗ must not look alike."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


def _surroundings() -> dict[str, str]:
    """The environment without a size of the terminal that is none: rich takes ``²`` for a number, and would draw a line
    of a billion columns."""
    return {
        name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES") or SIZE.fullmatch(value)
    }


def _width(stream: Any) -> int | None:
    """Where nobody says how wide it is, rich takes 80 columns, in which a table has no room."""
    return None if stream.isatty() or SIZE.fullmatch(os.environ.get("COLUMNS", "")) else WIDE


def red(text: str) -> str:
    """A red line for ``click.echo``, which drops the colour where no terminal reads it; it costs no import of rich."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else click.style(text, fg="red")


def visible(words: str) -> str:
    """A text of others for a terminal: what is no letter is shown as one, and nothing moves the cursor or commands."""
    if not words.isprintable():
        words = "".join(sign if _is_letter(sign) else "�" for sign in words)
    return uncommanded(words)


def _is_letter(sign: str) -> bool:
    return sign.isprintable() or sign in "\n\t"


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    import json

    print_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def print_text(document: str) -> None:
    """A JSON document on stdout, whole whatever the encoding: what that does not have is escaped, as JSON can. So is
    what would drive a terminal, or a runner of builds."""
    document = (UNSEEN if _is_unicode(sys.stdout) else NOT_ASCII).sub(_escaped, document)
    if uncommanded(OLD_COMMAND) != OLD_COMMAND:
        document = document.replace(OLD_COMMAND, "#\\u0023[")
    sys.stdout.write(document + "\n")


def _escaped(letter: re.Match[str]) -> str:
    """``\\u00e9``; two of these beyond the first 65,536 letters."""
    units = letter[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
