"""The line of a user's own file that an error came from."""

from __future__ import annotations

import linecache
import traceback
from pathlib import Path
from typing import Any

LONGEST = 100
"""Characters of a line that are shown."""


def line_of(error: BaseException, source: str) -> str:
    """ "mine.py:14: h = x @ w", the innermost line of a file or of one beside it; empty for an error from elsewhere.

    :param source: the path of the file
    """
    if isinstance(error, SyntaxError) and error.filename and is_of(error.filename, source):
        return shown(error.filename, error.lineno or 1, error.text or "")
    frames = [(frame, number) for frame, number in traceback.walk_tb(error.__traceback__)]
    for frame, number in reversed(frames):
        path = frame.f_code.co_filename
        if is_of(path, source):
            return shown(path, number, text_of(frame.f_globals, path, number))
    return ""


def text_of(module: dict[str, Any], path: str, number: int) -> str:
    """A line of a module: its loader knows a file that came as text alone."""
    try:
        return str(module["__loader__"].get_source(module["__name__"])).splitlines()[number - 1]
    except Exception:  # code that was made at run time has no loader, and what stands there may be anything
        return linecache.getline(path, number)


def is_of(path: str, source: str) -> bool:
    # Plugins of other distributions have a name that is no path, and so has code that was frozen.
    return Path(source).is_absolute() and Path(path).parent == Path(source).parent


def shown(path: str, number: int, text: str) -> str:
    """One line, without what could move a cursor."""
    line = "".join(c if c.isprintable() else " " for c in text.strip())
    cut = line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
    return f"{Path(path).name}:{number}" + (f": {cut}" if cut else "")


def with_line(reason: str, error: BaseException, source: str) -> str:
    """A reason with the line that it comes from, where that is one of the user's."""
    line = line_of(error, source)
    if line and isinstance(error, SyntaxError) and error.msg:
        reason = f"{type(error).__name__}: {error.msg}"  # its text has the place once more
    return f"{reason}, at {line}" if line else reason
