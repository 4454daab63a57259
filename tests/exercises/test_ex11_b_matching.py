"""ex11.b: the six scores by hand, against their definition and OpenCV."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_exercises.ex11_image_filters import b_matching, reference


def levels(*shape, seed=0):
    """Whole levels 0 … 255, as float64."""
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed)).double()


def by_definition(picture, template, method):
    """One place at a time, letter by letter."""
    height, width = template.shape[1:]
    rows, columns = b_matching.places(picture, template)
    found = torch.zeros(rows, columns, dtype=picture.dtype)
    for y in range(rows):
        for x in range(columns):
            window = picture[:, y : y + height, x : x + width]
            found[y, x] = one_score(window, template, method)
    return found


def one_score(I, T, method):  # noqa: E741
    if method.startswith("CCOEFF"):
        I, T = (v - v.mean((1, 2), keepdim=True) for v in (I, T))  # noqa: E741
    raw = (T - I).square().sum() if method.startswith("SQDIFF") else (T * I).sum()
    return (raw / (T.norm() * I.norm())).clamp(-1, 1) if method.endswith("NORMED") else raw


@pytest.mark.parametrize("method", b_matching.METHODS)
@pytest.mark.parametrize("channels", [1, 3])
def test_scores_are_their_definition(method, channels):
    picture, template = levels(channels, 9, 11), levels(channels, 4, 3, seed=1)
    expected = by_definition(picture, template, method)
    found = b_matching.score(picture, template, method)
    assert torch.allclose(found, expected, rtol=1e-9, atol=1e-9 * float(expected.abs().max()))
    theirs = reference.match_template(picture, template, method)
    assert torch.allclose(theirs, expected, rtol=0, atol=1e-5 * float(expected.abs().max()))


@given(st.integers(0, 12), st.integers(0, 9), st.integers(0, 99))
@settings(max_examples=25)
def test_a_copy_is_found_where_it_was_cut_out(y, x, seed):
    picture = levels(3, 20, 16, seed=seed)
    template = picture[:, y : y + 7, x : x + 6]
    for method in ("CCORR_NORMED", "CCOEFF_NORMED", "SQDIFF", "SQDIFF_NORMED"):
        assert b_matching.best(b_matching.score(picture, template, method), method) == (y, x)


def test_flat_windows_have_the_score_of_opencv():
    picture, template = levels(1, 12, 12), levels(1, 4, 4, seed=1)
    picture[:, :6, :6] = 0
    for method in b_matching.NORMED:
        ours, theirs = (f(picture, template, method) for f in (b_matching.score, reference.match_template))
        assert ours[0, 0] == theirs[0, 0] == (1 if method.startswith("SQDIFF") else 0)


@pytest.mark.parametrize("shape", [(1, 9, 5), (1, 5, 9), (2, 5, 5)])
def test_a_template_that_does_not_fit(shape):
    with pytest.raises(ValueError, match="does not fit into a picture"):
        b_matching.score(levels(1, 8, 8), levels(*shape), "CCORR")
