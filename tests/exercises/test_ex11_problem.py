"""ex11: the kernels of the sheet, pictures of one's own, and those that come along."""

import numpy as np
import pytest
import torch
from PIL import Image

from bench.kit.data import photo
from bench.testing import failed, lab, run_part
from bench_exercises.ex11_image_filters import b_methods, exercise, problem

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]


def save(path, *size):
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    return str(path)


def test_pictures_of_ones_own(tmp_path):
    whole = save(tmp_path / "one.png", 90, 70)
    Image.open(whole).crop((20, 11, 38, 25)).save(tmp_path / "two.png")
    here = lab()
    b_methods.study(here, whole, str(tmp_path / "two.png"))
    assert failed(here.findings) == {}
    rows = [dict(zip(table.columns, row, strict=True)) for table in here.findings.tables[-1:] for row in table.rows]
    assert [(row["x"], row["y"]) for row in rows if row["method"] != "TM_CCORR"] == [(20, 11)] * 5
    assert {source.name for source in here.findings.data} == {"pic1", "pic2"}


def test_both_pictures_are_made_smaller_alike(tmp_path):
    made = problem.scene(lab(), save(tmp_path / "1.png", 400, 300), save(tmp_path / "2.png", 100, 50))
    assert made.picture.shape == (3, 150, 200)
    assert made.template.shape == (3, 25, 50)
    assert made.place is None


@pytest.mark.parametrize("size", [(90, 20), (20, 70), (80, 60)])
def test_a_template_larger_than_its_picture(tmp_path, size):
    one, two = save(tmp_path / "1.png", 80, 60), save(tmp_path / "2.png", *size)
    with pytest.raises(ValueError, match=r"pic2 is .* pixels and pic1 80 × 60: a template must be smaller"):
        problem.scene(lab(), one, two)


@pytest.mark.parametrize("part", STUDIES, ids=lambda part: part.id)
def test_a_path_that_is_not_a_picture(tmp_path, part):
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(ValueError, match="cannot be read as a picture"):
        run_part(exercise, part.id, pic1=str(tmp_path / "text.png"))
    with pytest.raises(ValueError, match="is not a file"):
        run_part(exercise, part.id, pic1=str(tmp_path / "none.png"))


def test_grey_and_the_patch_of_the_flower():
    scene = problem.scene(lab(profile="full"), "", "")
    assert scene.picture.shape == (3, 427, 640)
    assert torch.equal(scene.picture, photo("flower").pixels.movedim(-1, 0).double())
    y, x = scene.place
    assert torch.equal(scene.template, scene.picture[:, y : y + 94, x : x + 94])
    assert torch.equal(problem.turned(0)(scene.picture, scene.place, 94), scene.template)


def test_the_nine_are_the_sheets():
    sums = [sum(map(sum, rows)) for rows in problem.NINE.values()]
    assert sums == [1, 0, 1, 0, 0, 0, 0, 0, 16]
    assert next(iter(problem.NINE)) == "sharpen"
