"""Pictures inside a page: of the run alone, and no larger than they must be."""

from __future__ import annotations

import base64
import struct
from pathlib import Path
from zlib import crc32

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


def test_a_picture_that_is_larger_than_any_page_is_not_unpacked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_PIXELS", 399)
    imsave(folder / "a" / "flat.png", np.zeros((20, 20, 3)))
    assert images.data_uri(folder, 1000, "a/flat.png") == ""
    monkeypatch.setattr(images, "MOST_PIXELS", 400)
    assert images.data_uri(folder, 1000, "a/flat.png")


def test_a_picture_of_twenty_thousand_pixels_a_side_is_left_out(folder: Path) -> None:
    """Only its first bytes are there: nothing of it is read but its size."""
    (folder / "a" / "huge.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0))
    )
    assert images.data_uri(folder, 1000, "a/huge.png") == ""


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc32(name + data))


def test_a_picture_that_is_a_line_keeps_a_pixel(folder: Path) -> None:
    imsave(folder / "a" / "line.png", np.zeros((1, 900, 3)))
    assert images.data_uri(folder, 10, "a/line.png")
