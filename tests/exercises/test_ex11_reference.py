"""ex11: OpenCV, there and back, and one that cannot be imported."""

import builtins
import sys

import pytest
import torch

from bench.errors import Missing
from bench_exercises.ex11_image_filters import reference


def levels(*shape, seed=0):
    """Whole levels 0 … 255, as float64."""
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed)).double()


def test_opencv_leaves_the_way_there_and_back():
    picture = levels(3, 4, 5)
    assert torch.equal(reference.tensor(reference.array(picture), picture), picture)
    assert reference.array(picture)[0, 0].tolist() == picture[:, 0, 0].flip(0).tolist()


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
        reference.opencv()
    assert "\n" not in str(caught.value)
