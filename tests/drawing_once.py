"""What is drawn once need not be drawn again: vl-convert draws the same for the same, and of a study that many tests
run, the first one's pictures do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from bench.lab import Lab

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


def keep_pictures(piece: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """What a study draws with matplotlib is drawn for the first of the tests of ``piece`` that run it. The others are
    given that file: they ask what the study finds, with another seed or a mistake, and a fifth of their time went by
    in drawing. A picture with another name, or with other words on it, is another picture.
    """
    figure = Lab.figure

    def kept(self: Lab, name: str, picture: Any, caption: str = "") -> None:
        figure(self, name, _Once(picture, (piece, name), folder) if hasattr(picture, "savefig") else picture, caption)

    folder.mkdir(exist_ok=True)
    patch.setattr(Lab, "figure", kept)


@dataclass(frozen=True, slots=True)
class _Once:
    """A ``Figure`` that is drawn if no other of its name and words has been."""

    picture: Any
    names: tuple[str, ...]
    folder: Path

    def savefig(self, path: Path, **options: object) -> None:
        key = repr([self.names, _words(self.picture), options]).encode()
        file = self.folder / f"{sha256(key).hexdigest()}.png"
        if not file.exists():
            self.picture.savefig(path, **options)
            _write(file, path.read_bytes())
        path.write_bytes(file.read_bytes())


def _words(picture: Any) -> list[str]:
    """Titles, the names of axes and of series, and what else is written on it, but for the numbers at the ticks."""
    texts = [*picture.texts, picture._suptitle]
    for axes in picture.axes:
        legend = axes.get_legend()
        texts += [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts, *(legend.texts if legend else [])]
    return [text.get_text() for text in texts if text is not None]


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
