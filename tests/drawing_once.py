"""vl-convert draws the same for the same: what one worker of the tests has drawn, none draws again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bench.report.charts import engine

DRAWING: dict[str, Callable[..., Any]] = {"svg": engine.svg, "png": engine.png, "bundle": engine.bundle}

BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" viewBox="0 0 9 9"></svg>'


def keep(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Every drawing is kept in ``folder`` by what it was made from, and is read from there the next time."""
    folder.mkdir(exist_ok=True)
    for name in DRAWING:
        patch.setattr(engine, name, _once(name, folder))


def anew(patch: pytest.MonkeyPatch) -> None:
    """vl-convert as it is: for tests of what it draws twice."""
    for name, draw in DRAWING.items():
        patch.setattr(engine, name, draw)


def sketch(patch: pytest.MonkeyPatch) -> None:
    """A blank drawing, whatever is asked for."""
    patch.setattr(engine, "svg", lambda *_: BLANK)
    patch.setattr(engine, "png", lambda *_: b"\x89PNG")


def _once(name: str, folder: Path) -> Callable[..., Any]:
    def draw(*given: object) -> str | bytes:
        file = folder / sha256(json.dumps([name, given]).encode()).hexdigest()
        if not file.exists():
            _write(file, DRAWING[name](*given))
        content = file.read_bytes()
        return content if name == "png" else content.decode()

    return draw


def _write(file: Path, content: str | bytes) -> None:
    """Whole or not at all: the other worker may look at this moment."""
    scratch = file.with_name(f"{file.name}.{os.getpid()}")
    scratch.write_bytes(content.encode() if isinstance(content, str) else content)
    scratch.replace(file)
