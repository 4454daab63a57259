"""Of a study that many tests run, the first one's pictures are drawn, and the others are given the same files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bench.lab import Lab


def keep(piece: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """What a study draws with matplotlib is drawn for the first of the tests of ``piece`` that run it, and is kept in
    ``folder``, which is this worker's own. The others ask what the study finds, with another seed or a mistake, and a
    fifth of their time went by in drawing. A picture with another name, or with other words on it, is another picture.
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

    def get_size_inches(self) -> Any:
        return self.picture.get_size_inches()

    def savefig(self, path: Path, **options: object) -> None:
        key = repr([self.names, _words(self.picture), options]).encode()
        file = self.folder / f"{sha256(key).hexdigest()}.png"
        if file.exists():
            shutil.copyfile(file, path)
        else:
            self.picture.savefig(path, **options)
            shutil.copyfile(path, file)


def _words(picture: Any) -> list[str]:
    """Titles, the names of axes and of series, and what else is written on it, but for the numbers at the ticks."""
    texts = [*picture.texts, picture._suptitle]
    for axes in picture.axes:
        legend = axes.get_legend()
        texts += [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts, *(legend.texts if legend else [])]
    return [text.get_text() for text in texts if text is not None]
