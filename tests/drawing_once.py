"""vl-convert draws the same for the same: what one worker of the tests has drawn, none draws again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import vl_convert

DRAWING: dict[str, Callable[..., Any]] = {
    name: getattr(vl_convert, name) for name in ("vegalite_to_svg", "svg_to_png", "javascript_bundle")
}

BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" viewBox="0 0 9 9"></svg>'


def keep(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Every drawing is kept in ``folder`` by what it was made from, and is read from there the next time."""
    folder.mkdir(exist_ok=True)
    for name in DRAWING:
        patch.setattr(vl_convert, name, _once(name, folder))


def anew(patch: pytest.MonkeyPatch) -> None:
    """vl-convert as it is: for tests of what it draws twice."""
    for name, draw in DRAWING.items():
        patch.setattr(vl_convert, name, draw)


def sketch(patch: pytest.MonkeyPatch) -> None:
    """A blank drawing, whatever is asked for."""
    patch.setattr(vl_convert, "vegalite_to_svg", lambda *_, **__: BLANK)
    patch.setattr(vl_convert, "svg_to_png", lambda *_, **__: b"\x89PNG")


def _once(name: str, folder: Path) -> Callable[..., Any]:
    def draw(*given: object, **options: object) -> str | bytes:
        file = folder / sha256(json.dumps([name, given, options]).encode()).hexdigest()
        if not file.exists():
            _write(file, DRAWING[name](*given, **options))
        content = file.read_bytes()
        return content if name == "svg_to_png" else content.decode()

    return draw


def _write(file: Path, content: str | bytes) -> None:
    """Whole or not at all: the other worker may look at this moment."""
    scratch = file.with_name(f"{file.name}.{os.getpid()}")
    scratch.write_bytes(content.encode() if isinstance(content, str) else content)
    scratch.replace(file)
