"""Pictures inside a page: of the run alone, and no larger than they must be."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imsave

from bench.report.page import images


@pytest.mark.parametrize("path", ["../secret.png", "/etc/hostname", "nothing.png", "text.png"])
def test_only_pictures_of_the_run_are_read(path: str, folder: Path) -> None:
    inside = folder / "run"
    inside.mkdir()
    (folder / "a" / "mistakes.png").rename(folder / "secret.png")
    (inside / "text.png").write_text("no picture")
    assert images.data_uri(inside, 500, path) == ""


def test_pictures_are_made_small(folder: Path) -> None:
    large, small = (images.data_uri(folder, widest, "a/mistakes.png") for widest in (1000, 50))
    assert large.startswith("data:image/")
    assert len(small) < len(large) / 2


def test_a_small_drawing_goes_in_as_it_is(folder: Path) -> None:
    imsave(folder / "a" / "flat.png", np.zeros((20, 20, 3)))
    content = (folder / "a" / "flat.png").read_bytes()
    assert images.data_uri(folder, 1000, "a/flat.png") in (
        f"data:image/png;base64,{base64.b64encode(content).decode()}",
        images.data_uri(folder, 20, "a/flat.png"),
    )
