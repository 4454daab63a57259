"""ex11.d: the bilateral filter by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_exercises.ex11_image_filters import d_bilateral as bf
from bench_exercises.ex11_image_filters import reference


def levels(*shape, seed=0):
    """Whole levels 0 … 255, as float64."""
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed)).double()


@given(
    height=st.integers(6, 14),
    width=st.integers(6, 14),
    diameter=st.sampled_from([3, 5, 9]),
    sigma_color=st.sampled_from([5.0, 40.0]),
    colour=st.booleans(),
)
@settings(max_examples=20)
def test_bilateral_is_opencvs_up_to_rounding(height, width, diameter, sigma_color, colour):
    picture = levels(*((3,) if colour else ()), height, width)
    ours = bf.bilateral(picture, diameter, sigma_color, 2.0)
    assert (ours - reference.bilateral_filter(picture, diameter, sigma_color, 2.0)).abs().max() <= 0.51
    if not colour:
        assert torch.allclose(bf.bilateral_at_once(picture, diameter, sigma_color, 2.0), ours)


def test_a_bilateral_pixel_worked_out_on_paper():
    picture = torch.tensor([[0.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, 0.0, 0.0]], dtype=torch.float64)
    w = np.exp(-1 / 8 - 100 / 200)
    assert float(bf.bilateral(picture, 3, 10.0, 2.0)[1, 1]) == pytest.approx(10 / (1 + 4 * w))
    assert len(bf.disc(9)) == 49
