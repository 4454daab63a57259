"""The outline of an exercise's source, without importing it: the first line of its docstring, and its tags.

To parse fifteen exercises takes longer than all else that ``bench list`` does, so that outlines are remembered: by the
content of the source alone, which makes a wrong one impossible.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bench import plain_file
from bench.cache import Memory
from bench.texts import text

if TYPE_CHECKING:
    import ast

REMEMBERED = "outlines.json"
MOST = 16 * 2**20
"""Bytes of a source."""
BASIS = "2"
"""To be counted up when outlines are read in another way."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a source says of itself: an empty ``heading`` for none, and a ``problem`` where it is not Python."""

    heading: str = ""
    tags: tuple[str, ...] = ()
    problem: str = ""


@contextmanager
def remembered() -> Iterator[Memory]:
    """The outlines known from before; those that were asked for are known the next time."""
    memory = Memory(REMEMBERED, BASIS)
    yield memory
    memory.save(forget=True)


def outline_of(path: Path, memory: Memory) -> Outline:
    try:
        if path.exists() and not path.is_file():
            return Outline(problem=f"{path.name} is no file")
        source = plain_file.read(path, MOST)
    except OSError as error:
        return Outline(problem=f"{type(error).__name__}: {error}")
    try:
        return _outline(memory.recall(sha256(source).hexdigest(), lambda: parsed(source)))
    except (ValueError, TypeError, RecursionError):  # the file in which they are remembered is damaged
        return _outline(parsed(source))


def _outline(said: str) -> Outline:
    """What ``parsed`` said. Raises ``ValueError`` or ``TypeError`` for what it did not."""
    heading, tags, problem = json.loads(said)
    return Outline(text(heading, "heading"), tuple(text(tag, "tag") for tag in tags), text(problem, "problem"))


def parsed(source: bytes) -> str:
    """Heading, tags and problem as JSON. Whatever a parser does not bear is a problem of this one source."""
    import ast

    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        where = f" (line {error.lineno})" if error.lineno else ""
        return json.dumps(["", [], text(f"{type(error).__name__}: {error.msg}{where}", "problem")])
    except ValueError as error:
        return json.dumps(["", [], text(f"{type(error).__name__}: {error}", "problem")])
    except (RecursionError, MemoryError) as error:
        return json.dumps(["", [], f"{type(error).__name__}: an expression in it is nested too deeply to be read"])
    lines = (ast.get_docstring(tree) or "").strip().splitlines()
    return json.dumps([text(lines[0], "heading") if lines else "", _tags(tree), ""])


def _tags(tree: ast.Module) -> tuple[str, ...]:
    """Those of the first ``Exercise(tags=…)``, where they are written out and not computed."""
    import ast

    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Exercise":
            for keyword in node.keywords:
                if keyword.arg == "tags":
                    try:
                        return tuple(text(str(tag), "tag") for tag in ast.literal_eval(keyword.value))
                    except (ValueError, TypeError, RecursionError, MemoryError):
                        return ()
    return ()
