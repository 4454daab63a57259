"""The outline of an exercise's source, without importing it: the first line of its docstring, and its tags.

To parse fifteen exercises takes longer than all else that ``bench list`` does, so that outlines are remembered: by the
content of the source alone, which makes a wrong one impossible.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import cache

if TYPE_CHECKING:
    import ast

REMEMBERED = "outlines.json"


@dataclass(frozen=True, slots=True)
class Outline:
    """What a source says of itself: an empty ``heading`` for none, and a ``problem`` where it is not Python."""

    heading: str = ""
    tags: tuple[str, ...] = ()
    problem: str = ""


@dataclass(slots=True)
class Outlines:
    """The outlines that were asked for, and those that are known from before, by the digest of their source."""

    known: dict[str, Outline]
    asked: dict[str, Outline] = field(default_factory=dict)

    def of(self, path: Path) -> Outline:
        try:
            source = path.read_bytes()
        except OSError as error:
            return Outline(problem=f"{type(error).__name__}: {error}")
        digest = sha256(source).hexdigest()
        self.asked[digest] = self.known.get(digest) or parsed(source)
        return self.asked[digest]


@contextmanager
def remembered() -> Iterator[Outlines]:
    """Outlines to ask for; what was asked for is known the next time."""
    import json

    try:
        known = {digest: _outline(*values) for digest, values in json.loads(cache.read(REMEMBERED) or b"{}").items()}
    except (ValueError, TypeError, AttributeError):
        known = {}
    outlines = Outlines(known)
    yield outlines
    if not outlines.asked.keys() <= known.keys():
        listed = {digest: [one.heading, one.tags, one.problem] for digest, one in outlines.asked.items()}
        cache.write(REMEMBERED, json.dumps(listed).encode())


def _outline(heading: Any, tags: Any, problem: Any) -> Outline:
    return Outline(str(heading), tuple(map(str, tags)), str(problem))


def parsed(source: bytes) -> Outline:
    """The outline by ast: its import alone is worth to be spared."""
    import ast

    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        return Outline(problem=f"{type(error).__name__}: {error}")
    lines = (ast.get_docstring(tree) or "").strip().splitlines()
    return Outline(lines[0] if lines else "", _tags(tree))


def _tags(tree: ast.Module) -> tuple[str, ...]:
    """Those of the first ``Exercise(tags=…)``, where they are written out and not computed."""
    import ast

    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Exercise":
            for keyword in node.keywords:
                if keyword.arg == "tags":
                    try:
                        return tuple(str(tag) for tag in ast.literal_eval(keyword.value))
                    except (ValueError, TypeError):
                        return ()
    return ()
