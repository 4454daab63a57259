"""A picture is drawn once in a piece of work; another one is another picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from bench.lab import Lab
from bench.testing import lab
from tests import pictures_once


def picture(title: str, height: float = 1.0) -> Figure:
    figure = Figure(figsize=(1, 1))
    figure.subplots().bar([0], [height], label="bar")
    figure.axes[0].set_title(title)
    return figure


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """What matplotlib has drawn."""
    seen: list[Figure] = []
    real = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *at, **how: (seen.append(self), real(self, *at, **how)))
    return seen


def content(here: Lab) -> list[bytes]:
    return [(here.folder / figure.path).read_bytes() for figure in here.findings.figures]


def test_the_second_of_a_name_is_the_first_again(
    drawn: list[Figure], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures_once.keep("ex01", tmp_path / "kept", monkeypatch)
    first, again = lab(folder=tmp_path / "first"), lab(folder=tmp_path / "again")
    first.figure("a bar", picture("one"), "of height 1")
    again.figure("a bar", picture("one", height=2.0), "of height 2")
    assert len(drawn) == 1
    assert content(first) == content(again)
    assert content(first)[0].startswith(b"\x89PNG")
    assert [figure.caption for figure in again.findings.figures] == ["of height 2"]


def test_another_name_other_words_or_another_exercise_is_drawn(
    drawn: list[Figure], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for piece, name, title in (("ex01", "a", "x"), ("ex01", "b", "x"), ("ex01", "a", "y"), ("ex02", "a", "x")):
        with monkeypatch.context() as patch:
            pictures_once.keep(piece, tmp_path / "kept", patch)
            lab(folder=tmp_path / "here").figure(name, picture(title))
    assert len(drawn) == 4


def test_an_array_is_saved_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures_once.keep("ex01", tmp_path / "kept", monkeypatch)
    here = lab(folder=tmp_path / "here")
    for name, shape in {"across": (2, 3), "upright": (3, 2)}.items():
        here.figure(name, np.eye(*shape))
    across, upright = content(here)
    assert across != upright
    assert list((tmp_path / "kept").iterdir()) == []
