"""ex14: every derivative by hand against autograd, differences, hand constants and planted mistakes."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from bench.kit.compare import relative_error as gap
from bench.testing import failed, lab, run_part
from bench_exercises.ex14_cheap_convolutions import (
    a_equality,
    a_form,
    b_derivatives,
    by_hand,
    checks,
    d_derivatives,
    d_plain,
    exercise,
    reference,
)
from bench_exercises.ex14_cheap_convolutions.by_hand import Factors, Gradients
from bench_exercises.ex14_cheap_convolutions.network import Rank1Conv2d
from bench_exercises.ex14_cheap_convolutions.problem import SETTINGS, Setting, draw


def vector(*values):
    return torch.tensor(values, dtype=torch.float64)


@st.composite
def settings(draw_from):
    L, K, s = (draw_from(st.integers(1, most)) for most in (4, 3, 3))
    p = draw_from(st.integers(0, 2))
    Y, X = (draw_from(st.integers(max(1, m - 2 * p), m + 5)) for m in (L, K))
    T, M, N = (draw_from(st.integers(1, 3)) for _ in range(3))
    return Setting(T=T, M=M, Y=Y, X=X, N=N, L=L, K=K, stride=s, padding=p, untied=draw_from(st.booleans()))


@given(settings(), st.integers(0, 99))
def test_rank1_is_the_full_convolution(setting, seed):
    p = draw(lab(seed), setting)
    Z, saved = by_hand.forward(p.H, p.factors, p.B, **p.slide)
    expected, gradients = reference.by_autograd(p)
    assert gap(Z, expected) <= 1e-12
    assert gap(by_hand.backward(p.Δ, saved), gradients) <= 1e-10


@given(settings(), st.integers(0, 99))
def test_plain_over_taps_and_as_convolutions(setting, seed):
    p = draw(lab(seed), setting)
    W, B = p.W, p.bias
    leaves = [value.clone().requires_grad_() for value in (p.H, W, B)]
    Z = F.conv2d(*leaves, **p.slide)
    expected = torch.autograd.grad(Z, leaves, p.Δ)
    assert gap([d_plain.forward(p.H, W, B, **p.slide)], [Z.detach()]) <= 1e-12
    assert gap(d_plain.backward(p.Δ, p.H, W, **p.slide), expected) <= 1e-12
    assert gap(d_plain.backward_as_convolutions(p.Δ, p.H, W, **p.slide), expected) <= 1e-12


@given(settings(), st.integers(0, 99))
def test_separable_is_the_full_convolution(setting, seed):
    p = draw(lab(seed), setting)
    assert a_equality.forward_error(p) <= 1e-12
    assert a_equality.inherited_error(p) <= 1e-10


def test_separable_on_paper():
    """Two maps of one pixel: G = (2·3 + 1, 4·5 + 10) = (7, 30), Z = 7 - 2·30 + 100."""
    layer = a_form.Separable(P=vector(1, -2).view(1, 2), D=vector(3, 5).view(2, 1, 1), B1=vector(1, 10), B2=vector(100))
    H = vector(2, 4).view(1, 2, 1, 1)
    assert a_form.forward(H, layer).tolist() == [[[[47]]]]
    assert a_form.bias(layer).tolist() == [100 + 1 - 20]
    assert a_form.kernel(layer.P, layer.D).flatten().tolist() == [3, -10]


def test_rank1_on_paper():
    """M = 2, N = 1, kernel 1 × 2: S = (12, 34, 56), Z = S moved, twice."""
    H = vector(2, 4, 6, 1, 3, 5).view(1, 2, 1, 3)
    factors = Factors(vector(2), vector(1, 10), vector(1), vector(1, -1))
    Z, saved = by_hand.forward(H, factors, vector(100))
    assert Z.tolist() == [[[[2 * (12 - 34) + 100, 2 * (34 - 56) + 100]]]]
    g = by_hand.backward(vector(1, 10).view(1, 1, 1, 2), saved)
    assert g.a.tolist() == [-22 - 220]
    assert g.d.tolist() == [2 * 12 + 20 * 34, 2 * 34 + 20 * 56]
    assert g.H.flatten().tolist() == [2, 18, -20, 20, 180, -200]
    assert g.b.tolist() == [2 * 2 + 4 * 18 - 6 * 20, 2 * 1 + 18 * 3 - 20 * 5]
    assert g.c.tolist() == [2 * 12 + 18 * 34 - 20 * 56]
    assert g.B.tolist() == [11]


def test_untied_and_tied_bias_on_paper():
    H, Δ = torch.zeros(2, 1, 2, 2).double(), torch.arange(8.0).double().view(2, 1, 2, 2)
    ones = Factors(*(torch.ones(1).double() for _ in range(4)))
    tied = by_hand.backward(Δ, by_hand.forward(H, ones, torch.zeros(1).double())[1]).B
    untied = by_hand.backward(Δ, by_hand.forward(H, ones, torch.zeros(1, 2, 2).double())[1]).B
    assert tied.tolist() == [28]
    assert untied.tolist() == [[[4, 6], [8, 10]]]


def test_differences_agree_with_every_derivative():
    p = draw(lab(), SETTINGS[3])
    Z, saved = by_hand.forward(p.H, p.factors, p.B, **p.slide)
    slopes = checks.by_differences(
        lambda H, a, b, c, d, B: by_hand.forward(H, Factors(a, b, c, d), B, **p.slide)[0], p.inputs
    )
    assert gap(by_hand.backward(torch.tanh(Z), saved), slopes) <= 1e-6


@pytest.mark.parametrize(
    ("H", "factors", "B", "slide", "says"),
    [
        ((1, 3, 5, 5), (4, 2, 3, 3), (4,), {}, r"H \(1, 3, 5, 5\), a \(4,\), b \(2,\)"),
        ((1, 2, 2, 5), (4, 2, 3, 3), (4,), {}, r"kernel \(3, 3\) is larger than H \(1, 2, 2, 5\)"),
        ((1, 2, 5, 5), (4, 2, 3, 3), (3,), {}, r"\(4, 3, 3\); got \(3,\)"),
        ((1, 2, 5, 5), (4, 2, 3, 3), (4, 5, 5), {}, r"got \(4, 5, 5\)"),
        ((1, 2, 5, 5), (4, 2, 3, 3), (4,), {"stride": 0}, "stride=0"),
        ((1, 2, 5, 5), (4, 2, 3, 3), (4,), {"padding": -1}, "padding=-1"),
        ((2, 5, 5), (4, 2, 3, 3), (4,), {}, r"H \(2, 5, 5\)"),
    ],
)
def test_impossible_rank1_layers_are_named(H, factors, B, slide, says):
    with pytest.raises(ValueError, match=says):
        by_hand.forward(torch.zeros(H), Factors(*(torch.zeros(n) for n in factors)), torch.zeros(B), **slide)


def test_impossible_plain_layers_are_named():
    H, W, B = torch.zeros(1, 2, 4, 4), torch.zeros(3, 2, 3, 3), torch.zeros(3)
    with pytest.raises(ValueError, match=r"\(1, 2, 4, 4\), \(3, 1, 3, 3\)"):
        d_plain.forward(H, W[:, :1], B)
    with pytest.raises(ValueError, match=r"B has shape \(2,\)"):
        d_plain.forward(H, W, B[:2])
    with pytest.raises(ValueError, match=r"kernel \(3, 3\) is larger than H \(1, 2, 2, 4\)"):
        d_plain.forward(H[:, :, :2], W, B)
    with pytest.raises(ValueError, match=r"Δ has shape \(1, 3, 4, 4\); Z has \(1, 3, 2, 2\)"):
        d_plain.backward(torch.zeros(1, 3, 4, 4), H, W)
    with pytest.raises(ValueError, match="stride=0"):
        d_plain.backward(torch.zeros(1, 3, 2, 2), H, W, stride=0)
    with pytest.raises(ValueError, match=r"\(3, 2\) and \(3, 2, 2\)"):
        a_form.forward(H, a_form.Separable(torch.zeros(3, 2), torch.zeros(3, 2, 2), torch.zeros(2), B))
    with pytest.raises(ValueError, match="M=0"):
        Rank1Conv2d(0, 1, (3, 3))


def test_module_is_a_layer_among_layers():
    generator = torch.Generator().manual_seed(0)
    layer = Rank1Conv2d(2, 3, (3, 2), stride=2, padding=1, untied=(3, 3), generator=generator).double()
    net = torch.nn.Sequential(layer, torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(27, 1).double())
    H = torch.randn(4, 2, 5, 5, generator=generator).double().requires_grad_()
    assert torch.autograd.gradcheck(layer, (H,))
    net(H).sum().backward()
    assert {name: tuple(p.grad.shape) for name, p in layer.named_parameters()} == {
        "a": (3,),
        "b": (2,),
        "c": (3,),
        "d": (2,),
        "B": (3, 3, 3),
    }


def changed(**changes):
    """A backward pass with one derivative replaced: ``name=function of (Δ, saved, right gradients)``."""

    def backward(Δ, saved):
        right = TRUE(Δ, saved)
        return right._replace(**{name: change(Δ, saved, right) for name, change in changes.items()})

    return backward


TRUE = by_hand.backward


def without_flip(w, gy, x, *, axis, s):
    return SPREAD(w.flip(0), gy, x, axis=axis, s=s)


def overwriting(w, gy, x, *, axis, s):
    gx = torch.zeros_like(x)
    for u, view in enumerate(by_hand.taps(gx, len(w), axis, s)):
        view.copy_(w[u] * gy)
    return gx


def border_kept_wrong(x, p):
    return x[:, : x.shape[1] - 2 * p, : x.shape[2] - 2 * p]


def transposed_taps(gy, x, m, *, axis, s):
    return PAIR(gy, x, m, axis=axis, s=s).flip(0)


SPREAD, PAIR = by_hand.spread, by_hand.pair_taps


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("spread", without_flip),
        ("spread", overwriting),
        ("inside", border_kept_wrong),
        ("pair_taps", transposed_taps),
        ("backward", changed(H=lambda Δ, s, g: -g.H)),
        ("backward", changed(a=lambda Δ, s, g: g.a / len(Δ))),
        ("backward", changed(b=lambda Δ, s, g: g.b / s.factors.b.norm())),
        ("backward", changed(B=lambda Δ, s, g: g.B * 0 + Δ.mean())),
    ],
    ids=["unflipped", "overwriting", "wrong crop", "taps reversed", "sign", "per image", "scaled", "mean bias"],
)
def test_planted_mistakes_are_caught(monkeypatch, name, mistake):
    """By both checks, at the bounds of the claims."""
    monkeypatch.setattr(by_hand, name, mistake)
    p = draw(lab(), Setting(T=2, M=2, Y=4, X=5, N=2, L=2, K=3, padding=1))
    Z, saved = by_hand.forward(p.H, p.factors, p.B, **p.slide)
    _, gradients = reference.by_autograd(p)
    assert gap(by_hand.backward(p.Δ, saved), gradients) > 1e-10
    slopes = checks.by_differences(partial(b_derivatives.layer, p.slide), p.inputs)
    assert gap(by_hand.backward(torch.tanh(Z), saved), slopes) > 1e-6


def test_a_planted_mistake_fails_the_claims(monkeypatch):
    monkeypatch.setattr(by_hand, "spread", without_flip)
    names = failed(run_part(exercise, "b.2")).keys()
    assert {
        "derivatives by hand = autograd through the full convolution",
        "derivatives by hand = central differences",
        "a·da = b·db = c·dc = d·dd = ⟨H, dH⟩ = ⟨Δ, Z − B⟩",
    } <= names


def plain_without_padding_crop(Δ, H, W, *, stride=1, padding=0):
    dH, dW, dB = PLAIN(Δ, H, W, stride=stride, padding=padding)
    return dH.roll(padding, 3), dW, dB


def plain_with_flipped_weight(Δ, H, W, *, stride=1, padding=0):
    dH, dW, dB = PLAIN(Δ, H, W, stride=stride, padding=padding)
    return dH, dW.flip(2, 3), dB


def plain_with_channels_exchanged(Δ, H, W, *, stride=1, padding=0):
    dH, dW, dB = PLAIN(Δ, H, W, stride=stride, padding=padding)
    return dH.flip(1), dW, dB


def plain_mean_bias(Δ, H, W, *, stride=1, padding=0):
    dH, dW, dB = PLAIN(Δ, H, W, stride=stride, padding=padding)
    return dH, dW, dB / len(Δ)


PLAIN = d_plain.backward


@pytest.mark.parametrize(
    "mistake",
    [plain_without_padding_crop, plain_with_flipped_weight, plain_with_channels_exchanged, plain_mean_bias],
    ids=lambda mistake: mistake.__name__,
)
def test_planted_mistakes_in_the_plain_layer_are_caught(monkeypatch, mistake):
    monkeypatch.setattr(d_plain, "backward", mistake)
    errors = d_derivatives.one_setting(draw(lab(), SETTINGS[1]))
    assert errors["autograd"] > 1e-12
    assert errors["as convolutions"] > 1e-12
    assert d_derivatives.differences_error(lab()) > 1e-6


def test_gradients_are_named_like_their_inputs():
    assert Gradients._fields == ("H", "a", "b", "c", "d", "B")
