"""The photographs: what scikit-learn itself gives, and files that are not pictures."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from PIL import Image

from bench.errors import BenchError
from bench.kit.data import photo, photo_at, photos


@pytest.mark.parametrize("name", photos.NAMES)
def test_are_what_scikit_learn_gives(name):
    from sklearn.datasets import load_sample_image

    ours = photo(name)
    assert torch.equal(ours.pixels, torch.from_numpy(load_sample_image(f"{name}.jpg").copy()))
    assert ours.pixels.dtype == torch.uint8
    assert ours.sizes == {"rows": 427, "columns": 640}
    assert ours.source == f"scikit-learn's {name}.jpg"
    assert not ours.stand_in


def test_two_photographs_have_two_fingerprints():
    assert photo("flower").sha256 == photos.photo.__wrapped__("flower").sha256
    assert photo("flower").sha256 != photo("china").sha256
    assert len(photo("china").sha256) == 64


def test_a_photograph_is_frozen():
    with pytest.raises(FrozenInstanceError):
        photo("flower").name = "tulip"


def test_another_name_names_the_two():
    with pytest.raises(ValueError, match="no photograph 'tulip': take one of flower, china"):
        photo("tulip")


def test_a_picture_of_ones_own_is_red_green_blue(tmp_path):
    pixels = np.zeros((2, 3, 3), dtype=np.uint8)
    pixels[0, 1] = (200, 100, 50)
    Image.fromarray(pixels).save(tmp_path / "own.png")
    ours = photo_at(tmp_path / "own.png", "pic1")
    assert torch.equal(ours.pixels, torch.from_numpy(pixels))
    assert (ours.name, ours.source) == ("pic1", str(tmp_path / "own.png"))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1"])
def test_every_kind_of_picture_has_three_channels(tmp_path, mode):
    Image.new(mode, (5, 4)).save(tmp_path / "own.png")
    assert photo_at(tmp_path / "own.png", "pic1").pixels.shape == (4, 5, 3)


def test_a_camera_held_sideways_gives_an_upright_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6, 4)).save(tmp_path / "own.jpg", exif=exif)
    assert photo_at(tmp_path / "own.jpg", "pic1").sizes == {"rows": 6, "columns": 4}


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match=r"none\.jpg is not a file"):
        photo_at(tmp_path / "none.jpg", "pic1")


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_a_file_that_is_not_a_picture(tmp_path, content):
    (tmp_path / "own.png").write_bytes(content)
    with pytest.raises(ValueError, match=r"own\.png cannot be read as a picture"):
        photo_at(tmp_path / "own.png", "pic1")


def test_a_picture_cut_short(tmp_path):
    photo_file = tmp_path / "own.png"
    Image.effect_noise((64, 64), 50).save(photo_file)
    photo_file.write_bytes(photo_file.read_bytes()[:900])
    with pytest.raises(ValueError, match="cannot be read as a picture"):
        photo_at(photo_file, "pic1")


def test_a_broken_installation_says_how_to_mend_it(tmp_path, monkeypatch):
    (tmp_path / "flower.jpg").write_bytes(b"")
    monkeypatch.setattr(photos, "packaged", lambda *_: tmp_path / "flower.jpg")
    with pytest.raises(BenchError, match="pip install --force-reinstall scikit-learn"):
        photos.photo.__wrapped__("flower")
