"""ex11: filters, matchings, Canny and bilateral by hand, against numbers worked out on paper, OpenCV and mistakes."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.report.answers import theory
from bench.testing import agreements, failed, lab, run_part, variants
from bench_exercises.ex11_image_filters import bilateral as bf
from bench_exercises.ex11_image_filters import canny as cn
from bench_exercises.ex11_image_filters import (
    exercise,
    kernels,
    matching,
    opencv,
    part_a,
    second_derivative,
)

FOLDER = Path(part_a.__file__).parent
STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]
COMPARISONS = [part for part in exercise.parts.values() if part.kind == "comparison"]
SMALL = {"a.speed": {"side": 32}, "b.speed": {"side": 32, "template": 8}, "d.speed": {"side": 32, "diameter": 5}}


def levels(*shape, seed=0):
    """Whole levels 0 … 255, as float64."""
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed)).double()


@pytest.fixture(scope="module")
def findings():
    here = lab()
    for part in STUDIES:
        run_part(exercise, part.id, here)
    return here.findings


def test_every_claim_holds(findings):
    assert len(findings.claims) > 70
    assert failed(findings) == {}
    names = [claim.name for claim in findings.claims]
    assert len(names) == len(set(names))


def test_one_picture_a_question(findings):
    assert len(findings.figures) == 6
    assert {source.name for source in findings.data} == {"flower"}


@pytest.mark.parametrize("seed", [3, 11])
def test_what_is_drawn_does_not_matter(seed):
    here = lab(seed)
    for id in ("d", "d.bilateral"):
        run_part(exercise, id, here, pic1="")
    assert failed(here.findings) == {}


def test_numbers_of_the_answer_exist(findings):
    """Every question has its heading, and every live number names something that is recorded or measured."""
    answer = (FOLDER / "answer.md").read_text(encoding="utf-8")
    assert theory.problems(answer) == ()
    assert all(f"## 11{letter} — " in answer for letter in "abcd")
    recorded = {"claim": {c.name for c in findings.claims}, "metric": {m.name for m in findings.metrics}}
    measured = {id: variants(exercise, id, lab(dtype=torch.float32), **small) for id, small in SMALL.items()}
    for reference in theory.references(answer):
        if reference.function in recorded:
            assert reference.names[0] in recorded[reference.function]
        else:
            part, variant = reference.names
            assert variant in measured[part]
            for name, value in reference.parameters:
                declared = exercise.parts[part].parameters[name]
                assert value == declared or value in declared


@pytest.mark.parametrize("part", COMPARISONS, ids=lambda part: part.id)
def test_variants_agree_with_the_reference(part):
    for name, found in agreements(exercise, part.id, **SMALL[part.id]).items():
        assert found.passed, name


# Filters


def test_a_response_worked_out_on_paper():
    picture = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])
    kernel = torch.tensor([[0.0, 0.0, 0.0], [0.0, 1.0, 10.0], [0.0, 0.0, 100.0]])
    assert kernels.correlate(picture, kernel)[1, 1] == 5 + 60 + 1000
    assert kernels.convolve(picture, kernel)[1, 1] == 5 + 40 + 100
    assert kernels.correlate(picture, kernel)[0, 2] == 3 + 20 + 500  # mirrored without the edge pixel twice


@given(st.integers(3, 9), st.integers(3, 9), st.sampled_from([(3, 3), (1, 3), (5, 3)]), st.integers(0, 99))
def test_five_ways_to_filter_agree(height, width, shape, seed):
    picture = levels(height, width, seed=seed)
    kernel = levels(*shape, seed=seed + 1) - 128
    expected = opencv.filter2d(picture, kernel) if height > shape[0] // 2 and width > 1 else None
    for way in (kernels.correlate, kernels.windows_times_kernel, kernels.conv2d):
        assert torch.equal(way(picture, kernel), expected), way.__name__


def test_a_picture_too_small_to_be_mirrored():
    with pytest.raises(ValueError, match="2 × 2 pixels cannot be mirrored 2 × 2 pixels outwards"):
        kernels.correlate(levels(2, 2), levels(5, 5))


def test_the_nine_are_the_sheets():
    sums = [sum(map(sum, rows)) for rows in kernels.NINE.values()]
    assert sums == [1, 0, 1, 0, 0, 0, 0, 0, 16]
    assert next(iter(kernels.NINE)) == "sharpen"


def test_opencv_leaves_the_way_there_and_back():
    picture = levels(3, 4, 5)
    assert torch.equal(opencv.tensor(opencv.array(picture), picture), picture)
    assert opencv.array(picture)[0, 0].tolist() == picture[:, 0, 0].flip(0).tolist()


# Planted mistakes: each must fail a claim


def convolving(picture, kernel):
    return TRUE(picture, kernel.flip(0, 1))


def edge_repeated(picture, kernel):
    return TRUE(torch.nn.functional.pad(picture[None], (1, 1, 1, 1), mode="replicate")[0], kernel)[..., 1:-1, 1:-1]


def clipped(picture, kernel):
    return TRUE(picture, kernel).clamp(0, 255)


TRUE = kernels.correlate


@pytest.mark.parametrize("mistake", [convolving, edge_repeated, clipped], ids=lambda mistake: mistake.__name__)
def test_a_mistake_in_filtering_is_found(monkeypatch, mistake):
    monkeypatch.setattr(part_a, "correlate", mistake)
    monkeypatch.setattr(part_a, "nine_figure", lambda *_: np.zeros((2, 2), dtype=np.uint8))
    here = lab()
    part_a.nine_kernels(here, "")
    assert "shifted sums = cv2.filter2D, nine kernels" in failed(here.findings)


# Matching


def by_definition(picture, template, method):
    """One place at a time, letter by letter."""
    height, width = template.shape[1:]
    rows, columns = matching.places(picture, template)
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


@pytest.mark.parametrize("method", matching.METHODS)
@pytest.mark.parametrize("channels", [1, 3])
def test_scores_are_their_definition(method, channels):
    picture, template = levels(channels, 9, 11), levels(channels, 4, 3, seed=1)
    expected = by_definition(picture, template, method)
    found = matching.score(picture, template, method)
    assert torch.allclose(found, expected, rtol=1e-9, atol=1e-9 * float(expected.abs().max()))
    theirs = matching.by_opencv(picture, template, method)
    assert torch.allclose(theirs, expected, rtol=0, atol=1e-5 * float(expected.abs().max()))


@given(st.integers(0, 12), st.integers(0, 9), st.integers(0, 99))
@settings(max_examples=25)
def test_a_copy_is_found_where_it_was_cut_out(y, x, seed):
    picture = levels(3, 20, 16, seed=seed)
    template = picture[:, y : y + 7, x : x + 6]
    for method in ("CCORR_NORMED", "CCOEFF_NORMED", "SQDIFF", "SQDIFF_NORMED"):
        assert matching.best(matching.score(picture, template, method), method) == (y, x)


def test_flat_windows_have_the_score_of_opencv():
    picture, template = levels(1, 12, 12), levels(1, 4, 4, seed=1)
    picture[:, :6, :6] = 0
    for method in matching.NORMED:
        ours, theirs = (f(picture, template, method) for f in (matching.score, matching.by_opencv))
        assert ours[0, 0] == theirs[0, 0] == (1 if method.startswith("SQDIFF") else 0)


@pytest.mark.parametrize("shape", [(1, 9, 5), (1, 5, 9), (2, 5, 5)])
def test_a_template_that_does_not_fit(shape):
    with pytest.raises(ValueError, match="does not fit into a picture"):
        matching.score(levels(1, 8, 8), levels(*shape), "CCORR")


# The derivative in the plane


def test_a_wave_is_answered_as_the_formula_says():
    k = second_derivative.forms(torch.zeros(1, dtype=torch.float64))
    found = second_derivative.transfer(k["sum of both"], points=5)
    assert torch.allclose(found[2], torch.tensor([4.0, 2.0, 0.0, 2.0, 4.0], dtype=torch.float64), atol=1e-12)
    assert float(found.max()) == pytest.approx(8)


# Canny


@given(st.integers(4, 20), st.integers(4, 20), st.integers(0, 999), st.sampled_from([(50, 150), (10, 400), (300, 300)]))
@settings(max_examples=40)
def test_canny_is_opencvs_to_the_pixel(height, width, seed, thresholds):
    picture = (levels(height, width, seed=seed) / 32).floor() * 32  # few levels make many ties
    assert torch.equal(cn.canny(picture, *thresholds).edges, cn.by_opencv(picture, *thresholds))


def test_a_weak_ridge_needs_a_strong_one():
    weak = torch.tensor([[1, 0, 0, 0, 0], [0, 1, 0, 0, 1], [0, 0, 1, 0, 1]], dtype=torch.bool)
    strong = torch.zeros_like(weak)
    strong[0, 0] = True
    kept = cn.connected(strong, weak)
    assert kept.sum() == 3
    assert not kept[:, 4].any()


# The bilateral filter


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
    assert (ours - bf.by_opencv(picture, diameter, sigma_color, 2.0)).abs().max() <= 0.51
    if not colour:
        assert torch.allclose(bf.bilateral_at_once(picture, diameter, sigma_color, 2.0), ours)


def test_a_bilateral_pixel_worked_out_on_paper():
    picture = torch.tensor([[0.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, 0.0, 0.0]], dtype=torch.float64)
    w = np.exp(-1 / 8 - 100 / 200)
    assert float(bf.bilateral(picture, 3, 10.0, 2.0)[1, 1]) == pytest.approx(10 / (1 + 4 * w))
    assert len(bf.disc(9)) == 49
