"""ex11: pictures of one's own, those that come along, and an OpenCV that cannot be imported."""

import builtins
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from bench.errors import Missing
from bench.kit.data import photo
from bench.testing import failed, lab, run_part
from bench_exercises.ex11_image_filters import (
    exercise,
    opencv,
    part_b,
    pictures,
)

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]


def save(path, *size):
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    return str(path)


def test_pictures_of_ones_own(tmp_path):
    whole = save(tmp_path / "one.png", 90, 70)
    Image.open(whole).crop((20, 11, 38, 25)).save(tmp_path / "two.png")
    here = lab()
    part_b.six_methods(here, whole, str(tmp_path / "two.png"))
    assert failed(here.findings) == {}
    rows = [dict(zip(table.columns, row, strict=True)) for table in here.findings.tables for row in table.rows]
    assert [(row["x"], row["y"]) for row in rows if row["method"] != "TM_CCORR"] == [(20, 11)] * 5
    assert {source.name for source in here.findings.data} == {"pic1", "pic2"}


def test_both_pictures_are_made_smaller_alike(tmp_path):
    made = pictures.scene(lab(), save(tmp_path / "1.png", 400, 300), save(tmp_path / "2.png", 100, 50))
    assert made.picture.shape == (3, 150, 200)
    assert made.template.shape == (3, 25, 50)
    assert made.place is None


@pytest.mark.parametrize("size", [(90, 20), (20, 70), (80, 60)])
def test_a_template_larger_than_its_picture(tmp_path, size):
    one, two = save(tmp_path / "1.png", 80, 60), save(tmp_path / "2.png", *size)
    with pytest.raises(ValueError, match=r"pic2 is .* pixels and pic1 80 × 60: a template must be smaller"):
        pictures.scene(lab(), one, two)


@pytest.mark.parametrize("part", STUDIES, ids=lambda part: part.id)
def test_a_path_that_is_not_a_picture(tmp_path, part):
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(ValueError, match="cannot be read as a picture"):
        run_part(exercise, part.id, pic1=str(tmp_path / "text.png"))
    with pytest.raises(ValueError, match="is not a file"):
        run_part(exercise, part.id, pic1=str(tmp_path / "none.png"))


def test_grey_and_the_patch_of_the_flower():
    scene = pictures.scene(lab(profile="full"), "", "")
    assert scene.picture.shape == (3, 427, 640)
    assert torch.equal(scene.picture, photo("flower").pixels.movedim(-1, 0).double())
    y, x = scene.place
    assert torch.equal(scene.template, scene.picture[:, y : y + 94, x : x + 94])
    assert torch.equal(pictures.turned(0)(scene.picture, scene.place, 94), scene.template)


# OpenCV that cannot be imported


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("libGL.so.1: cannot open shared object file", "libGL.so.1: apt-get install libgl1"),
        ("libgthread-2.0.so.0: cannot open shared", "libgthread-2.0.so.0: apt-get install libglib2.0-0"),
        ("libxcb.so.1: cannot open shared object file", "libxcb.so.1: apt-get install libxcb1"),
        ("libodd.so.7: cannot open shared object file", "libodd.so.7: install the package of your system"),
        ("No module named 'cv2'", "pip install opencv-python"),
    ],
)
def test_what_is_missing_is_one_line(monkeypatch, message, remedy):
    real = builtins.__import__

    def broken(name, *rest):
        if name == "cv2":
            raise ImportError(message)
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(Missing, match=remedy) as caught:
        opencv.opencv()
    assert "\n" not in str(caught.value)
