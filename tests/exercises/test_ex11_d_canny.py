"""ex11.d: Canny by hand."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_exercises.ex11_image_filters import d_canny as cn
from bench_exercises.ex11_image_filters import d_edges, reference


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


@given(st.integers(0, 999))
@settings(max_examples=20)
def test_hysteresis_keeps_the_components_that_hold_a_strong_pixel(seed):
    weak = levels(15, 18, seed=seed) < 110
    strong = weak & (levels(15, 18, seed=seed + 1) < 12)
    assert torch.equal(cn.connected(strong, weak), d_edges.holding(d_edges.label(weak), strong))


def test_the_gaussian_is_opencvs_at_every_width():
    picture = levels(30, 40)
    for sigma in (0.8, 1.4, 2.0):
        side = len(cn.gaussian_taps(picture, sigma))
        theirs = reference.gaussian_blur(picture, sigma, side)
        assert torch.allclose(cn.gaussian(picture, sigma), theirs, rtol=0, atol=1e-10)
    assert len(cn.gaussian_taps(picture, 1.4)) == 9
