"""ex11: filtering by hand, against numbers worked out on paper and OpenCV."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench_exercises.ex11_image_filters import by_hand, reference


def levels(*shape, seed=0):
    """Whole levels 0 … 255, as float64."""
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed)).double()


def test_a_response_worked_out_on_paper():
    picture = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])
    kernel = torch.tensor([[0.0, 0.0, 0.0], [0.0, 1.0, 10.0], [0.0, 0.0, 100.0]])
    assert by_hand.correlate(picture, kernel)[1, 1] == 5 + 60 + 1000
    assert by_hand.convolve(picture, kernel)[1, 1] == 5 + 40 + 100
    assert by_hand.correlate(picture, kernel)[0, 2] == 3 + 20 + 500  # mirrored without the edge pixel twice


@given(st.integers(3, 9), st.integers(3, 9), st.sampled_from([(3, 3), (1, 3), (5, 3)]), st.integers(0, 99))
def test_five_ways_to_filter_agree(height, width, shape, seed):
    picture = levels(height, width, seed=seed)
    kernel = levels(*shape, seed=seed + 1) - 128
    expected = reference.filter2d(picture, kernel) if height > shape[0] // 2 and width > 1 else None
    for way in (by_hand.correlate, by_hand.windows_times_kernel, by_hand.conv2d):
        assert torch.equal(way(picture, kernel), expected), way.__name__


def test_a_picture_too_small_to_be_mirrored():
    with pytest.raises(ValueError, match="2 × 2 pixels cannot be mirrored 2 × 2 pixels outwards"):
        by_hand.correlate(levels(2, 2), levels(5, 5))
