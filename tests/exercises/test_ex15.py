"""ex15: the backward pass of a 1-D convolution, against hand constants, autograd, and planted mistakes."""

import re
from itertools import product
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

import bench_exercises.ex15_conv1d_backward as ex15
from bench.kit.compare import max_error
from bench.testing import claims, failed, lab, run_part, variants
from bench_exercises.ex15_conv1d_backward import b_convolutions, b_speed, by_hand, checks, exercise, network, reference
from bench_exercises.ex15_conv1d_backward.figures import network_figure, toeplitz_figure
from bench_exercises.ex15_conv1d_backward.problem import CONFIGURATIONS, Configuration, draw


def vector(*values):
    return torch.tensor(values, dtype=torch.float64)


@st.composite
def configurations(draw_from):
    m = draw_from(st.integers(1, 5))
    n = draw_from(st.integers(m, m + 7))
    s, channels, outputs = (draw_from(st.integers(1, most)) for most in (4, 3, 3))
    return Configuration(reading="drawn", n=n, m=m, s=s, C=channels, O=outputs)


@given(configurations(), st.integers(0, 99))
def test_sums_convolutions_matrices_and_autograd_agree(configuration, seed):
    values = draw(lab(seed), configuration)
    x, w, b, d, s = values
    assert torch.allclose(network.forward(x, w, b, s), F.conv1d(x[None], w, b, stride=s)[0], rtol=0, atol=1e-12)
    sums = by_hand.backward(d, x, w, s)
    assert max_error(sums, reference.by_autograd(values)) <= 1e-12
    assert max_error(sums, b_convolutions.backward(d, x, w, s)) <= 1e-12
    assert max_error(sums, checks.by_matrices(values)) <= 1e-12
    assert max_error(sums, reference.by_numpy(values)) <= 1e-12


@settings(max_examples=25)
@given(configurations())
def test_sums_are_the_slope(configuration):
    values = draw(lab(), configuration)
    x, w, b, _, s = values
    found = by_hand.backward(torch.tanh(network.forward(x, w, b, s)), x, w, s)
    assert max_error(found, checks.by_differences(values)) <= 1e-6


def test_written_out_on_paper():
    x, w, d = vector(5, 6, 7, 8)[None], vector(1, 2, 3)[None, None], vector(1, 10)[None]
    assert network.forward(x, w, vector(100)).tolist() == [[5 + 12 + 21 + 100, 6 + 14 + 24 + 100]]
    dx, dw, db = by_hand.backward(d, x, w)
    assert dx.tolist() == [[1, 12, 23, 30]]
    assert dw.tolist() == [[[65, 76, 87]]]
    assert db.tolist() == [11]


def test_strided_on_paper():
    x, w, d = vector(1, 2, 3, 4, 5, 6)[None], vector(1, 2, 3)[None, None], vector(1, 10)[None]
    dx, dw, _ = by_hand.backward(d, x, w, s=2)
    assert dx.tolist() == [[1, 2, 13, 20, 30, 0]]
    assert dw.tolist() == [[[31, 42, 53]]]


def test_toeplitz_on_paper():
    matrix = network.toeplitz(vector(1, 2, 3)[None, None], 5, s=2)
    assert matrix.tolist() == [[1, 2, 3, 0, 0], [0, 0, 1, 2, 3]]


def test_operations_on_paper():
    a, k = vector(1, 2, 3), vector(1, 10)
    assert b_convolutions.full_convolution(a, k).tolist() == [1, 12, 23, 30]
    assert b_convolutions.full_correlation_with_flipped(a, k).tolist() == [1, 12, 23, 30]
    assert b_convolutions.valid_correlation(a, k).tolist() == [21, 32]
    assert b_convolutions.zero_stuffed(a, 3).tolist() == [1, 0, 0, 2, 0, 0, 3]
    assert b_convolutions.zero_stuffed(a, 1).tolist() == [1, 2, 3]


def test_configurations_cover_the_sheet():
    assert len(CONFIGURATIONS) >= 11
    assert all((c.q, c.O) in {(2, 1), (1, 2)} for c in CONFIGURATIONS if c.reading.startswith("two"))


@pytest.mark.parametrize(
    ("x", "w", "s", "says"),
    [
        ((1, 3), (1, 1, 4), 1, "m=4, n=3"),
        ((2, 5), (1, 3, 2), 1, r"\(2, 5\) and \(1, 3, 2\)"),
        ((1, 5), (1, 1, 2), 0, "s=0"),
        ((1, 5), (1, 1, 0), 1, "m=0"),
        ((5,), (1, 1, 2), 1, r"\(5,\)"),
    ],
)
def test_impossible_layers_are_named(x, w, s, says):
    with pytest.raises(ValueError, match=says):
        network.forward(torch.zeros(x), torch.zeros(w), torch.zeros(1), s)


def test_wrong_bias_and_wrong_d_are_named():
    x, w = torch.zeros(1, 5), torch.zeros(2, 1, 3)
    with pytest.raises(ValueError, match=r"b has shape \(3,\)"):
        network.forward(x, w, torch.zeros(3))
    with pytest.raises(ValueError, match=r"d has shape \(2, 2\).*\(2, 3\)"):
        by_hand.backward(torch.zeros(2, 2), x, w)
    with pytest.raises(ValueError, match="length 3 does not fit"):
        b_convolutions.valid_correlation(torch.zeros(2), torch.zeros(3))
    with pytest.raises(ValueError, match="m=9, n=8"):
        b_speed.variants(lab(dtype=torch.float32), 8, 9, 1)


@pytest.fixture(scope="module")
def findings():
    """What all studies record at seed 0."""
    here = lab()
    for part in "abc":
        run_part(exercise, part, here)
    return here.findings


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 18
    assert failed(findings) == {}


@pytest.mark.parametrize("seed", [1, 7])
def test_claims_hold_at_other_seeds(seed):
    for part in "ac":
        assert failed(run_part(exercise, part, lab(seed))) == {}


def test_numbers_of_the_answer_exist(findings):
    """Every question has its heading, and every live number names something that is recorded or measured."""
    answer = (Path(ex15.__file__).parent / "answer.md").read_text(encoding="utf-8")
    assert all(f"## 15{letter} — " in answer for letter in "abc")
    claims, metrics = ({item.name for item in items} for items in (findings.claims, findings.metrics))
    assert set(re.findall(r'claim\("(.*?)"\)', answer)) <= claims
    assert set(re.findall(r'metric\("(.*?)"\)', answer)) <= metrics
    part = exercise.parts["b.speed"]
    calls = variants(exercise, "b.speed", lab(dtype=torch.float32), n=64, m=3)
    for variant, n, m in re.findall(r'ratio\("b.speed", "(.*?)", n=(\d+), m=(\d+)\)', answer):
        assert variant in calls
        assert int(n) in part.parameters["n"]
        assert int(m) in part.parameters["m"]


def unflipped(d, x, w, s):
    return TRUE(d, x, w.flip(2), s)[0], *TRUE(d, x, w, s)[1:]


def overwriting(d, x, w, s):
    dx = torch.zeros_like(x)
    for t, u in product(range(d.shape[1]), range(w.shape[2])):
        dx[:, s * t + u] = d[:, t] @ w[:, :, u]
    return dx, *TRUE(d, x, w, s)[1:]


def one_place_only(d, x, w, s):
    dx, _, db = TRUE(d, x, w, s)
    return dx, d[:, :1, None] * x[None, :, : w.shape[2]], db


def unstuffed(d, x, w, s):
    return TRUE(d, x, w, 1)[0] if s == 1 else torch.ones_like(x), *TRUE(d, x, w, s)[1:]


def averaged_bias(d, x, w, s):
    dx, dw, _ = TRUE(d, x, w, s)
    return dx, dw, d.mean(1)


def flipped_weight(d, x, w, s):
    dx, dw, db = TRUE(d, x, w, s)
    return dx, dw.flip(2), db


def wrong_sign(d, x, w, s):
    dx, dw, db = TRUE(d, x, w, s)
    return -dx, dw, db


TRUE = by_hand.backward
PLANTED = (unflipped, overwriting, one_place_only, unstuffed, averaged_bias, flipped_weight, wrong_sign)


@pytest.mark.parametrize("mistake", PLANTED, ids=lambda mistake: mistake.__name__)
def test_planted_mistakes_fail_claims(monkeypatch, mistake):
    monkeypatch.setattr(by_hand, "backward", lambda d, x, w, s=1: mistake(d, x, w, s))
    names = failed(run_part(exercise, "a")).keys()
    assert {"sums = autograd, every configuration", "sums = central differences, every configuration"} <= names


@given(st.integers(2, 40), st.integers(1, 40), st.integers(1, 3))
def test_ways_to_dx_agree(n, m, batch):
    m = min(m, n)
    ways = b_speed.variants(lab(), n, m, batch)
    expected = ways["autograd"]()
    for name, way in ways.items():
        assert torch.allclose(way(), expected, rtol=0, atol=1e-12), name


def test_pictures_have_every_weight():
    labels = [text.get_text() for axes in toeplitz_figure(6, 3).axes for text in axes.texts]
    assert labels.count("w$_2$") == 8
    three = (Configuration(reading="two nodes", n=4, m=3), Configuration(reading="two channels", n=3, m=3, O=2))
    labels = [text.get_text() for axes in network_figure(three).axes for text in axes.texts]
    assert labels.count("w$_1$") == 3
    assert labels.count("v$_1$") == 1


@pytest.mark.parametrize(("n", "m"), [(64, 3), (64, 63), (512, 3)])
def test_operations_and_bytes_of_dx_are_those_that_are_seen(n, m):
    part = exercise.parts["b.speed"]
    call = variants(exercise, "b.speed", lab(dtype=torch.float32), n=n, m=m)["autograd"]
    with FlopCounterMode(display=False) as counter:
        dx = call()
    work = part.work(n=n, m=m)
    assert work.flops == counter.get_total_flops()
    assert work.bytes == 4 * (len(dx) * (n - m + 1) + m) + dx.nbytes
