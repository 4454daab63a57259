"""ex11.d: Canny by hand."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_exercises.ex11_image_filters import d_canny as cn
from bench_exercises.ex11_image_filters import reference


def levels(*shape, seed=0):
    """Whole levels 0 … 255, as float64."""
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed)).double()


@given(st.integers(4, 20), st.integers(4, 20), st.integers(0, 999), st.sampled_from([(50, 150), (10, 400), (300, 300)]))
@settings(max_examples=40)
def test_canny_is_opencvs_to_the_pixel(height, width, seed, thresholds):
    picture = (levels(height, width, seed=seed) / 32).floor() * 32  # few levels make many ties
    assert torch.equal(cn.canny(picture, *thresholds).edges, reference.canny(picture, *thresholds))


def test_a_weak_ridge_needs_a_strong_one():
    weak = torch.tensor([[1, 0, 0, 0, 0], [0, 1, 0, 0, 1], [0, 0, 1, 0, 1]], dtype=torch.bool)
    strong = torch.zeros_like(weak)
    strong[0, 0] = True
    kept = cn.connected(strong, weak)
    assert kept.sum() == 3
    assert not kept[:, 4].any()
