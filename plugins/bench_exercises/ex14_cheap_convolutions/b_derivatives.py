"""14b (ii): the derivatives of the rank-1 convolution."""

from functools import partial

import torch
from torch import Tensor

from bench import Lab, break_it
from bench.kit import byhand
from bench.kit.compare import largest, max_error, relative_error
from bench.kit.data import photo

from . import by_hand, checks, reference
from .b_mistakes import AUTOGRAD, EULER, FORWARD, UNTIED, mistakes
from .by_hand import Factors
from .figures import steps_figure
from .problem import SETTINGS, SMALL, Problem, draw

SOBEL = Factors(
    a=torch.tensor([1.0, -1.0]),
    b=torch.tensor([0.299, 0.587, 0.114]),
    c=torch.tensor([1.0, 2.0, 1.0]) / 4,
    d=torch.tensor([-1.0, 0.0, 1.0]),
)
"""Edges of a colour photograph: b is the luminance of red, green and blue, c ∘ d is Sobel's kernel."""
STEPS = (
    "b turns colours into grey, c smooths down the columns, d differentiates along the rows: c ∘ d is Sobel's kernel."
)


def study(lab: Lab) -> None:
    """Forward and all six derivatives, with strides, borders, and both kinds of bias."""
    forward = backward = pairing = 0.0
    for p in (draw(lab, setting) for setting in SETTINGS):
        Z, saved = by_hand.forward(p.H, p.factors, p.B, **p.slide)
        expected, gradients = reference.by_autograd(p)
        found = by_hand.backward(p.Δ, saved)
        forward = largest(forward, relative_error(Z, expected))
        backward = largest(backward, relative_error(found, gradients))
        pairing = largest(pairing, checks.pairing_error(p, Z, found))
    lab.claim(FORWARD, forward, at_most=1e-12)
    lab.claim(AUTOGRAD, backward, at_most=1e-10)
    lab.claim("derivatives by hand = central differences", differences_error(lab), at_most=1e-6)
    lab.claim(EULER, pairing, at_most=1e-10)
    steps = largest(error for setting in SETTINGS for error in adjoint_errors(draw(lab, setting)))
    lab.claim("each step and its way back: ⟨g, T x⟩ = ⟨Tᵀg, x⟩", steps, at_most=1e-12)
    symmetries(lab, draw(lab, SETTINGS[1]))
    bias_kinds(lab, draw(lab, SETTINGS[4]))
    flipped = flipped_error(draw(lab, SETTINGS[0]))
    lab.claim("where * flips, c and d (and dc, dd) are read backwards", flipped, at_most=1e-10)
    break_it(lab, *mistakes(draw(lab, SETTINGS[4])))
    lab.figure("A rank-1 convolution, step by step", steps_figure(colour_to_edges(photograph(lab))), STEPS)


def adjoint_errors(p: Problem) -> list[float]:
    """The layer is T_a T_d T_c T_b and backward T_bᵀ T_cᵀ T_dᵀ T_aᵀ: each factor with its own transpose."""
    (a, b, c, d), s = p.factors, p.slide["stride"]
    _, saved = by_hand.forward(p.H, p.factors, p.B, **p.slide)
    border = p.slide["padding"]
    mapped = by_hand.mix(b, p.H)
    gV = by_hand.mix(a, p.Δ)
    gU = by_hand.spread(d, gV, saved.U, axis=2, s=s)
    gS = by_hand.spread(c, gU, saved.S, axis=1, s=s)
    across = partial(by_hand.spread, d, x=saved.U, axis=2, s=s)
    down = partial(by_hand.spread, c, x=saved.S, axis=1, s=s)
    return [
        byhand.adjoint_error(partial(by_hand.mix, b), lambda g: b[:, None, None] * g[:, None], p.H, mapped),
        byhand.adjoint_error(lambda S: by_hand.surround(S, border), lambda g: by_hand.inside(g, border), mapped, gS),
        byhand.adjoint_error(lambda S: by_hand.slide(c, S, 1, s), down, saved.S, gU),
        byhand.adjoint_error(lambda U: by_hand.slide(d, U, 2, s), across, saved.U, gV),
        byhand.adjoint_error(lambda V: a[:, None, None] * V[:, None], partial(by_hand.mix, a), saved.V, p.Δ),
    ]


def differences_error(lab: Lab) -> float:
    """The slope of L = Σ log cosh Z in every entry of every input; here Δ = tanh Z."""
    worst = 0.0
    for p in (draw(lab, setting) for setting in lab.pick(smoke=SMALL, quick=SETTINGS, full=SETTINGS)):
        Z, saved = by_hand.forward(p.H, p.factors, p.B, **p.slide)
        slopes = checks.by_differences(partial(layer, p.slide), p.inputs)
        worst = largest(worst, relative_error(by_hand.backward(torch.tanh(Z), saved), slopes))
    return worst


def layer(slide: dict[str, int], H: Tensor, a: Tensor, b: Tensor, c: Tensor, d: Tensor, B: Tensor) -> Tensor:
    return by_hand.forward(H, Factors(a, b, c, d), B, **slide)[0]


def symmetries(lab: Lab, p: Problem) -> None:
    """(a, b) → (t·a, b/t) changes nothing; gradient steps almost keep what that freedom conserves."""
    t, rate = 3.0, 0.01
    Z, saved = by_hand.forward(p.H, p.factors, p.B, **p.slide)
    scaled = p.factors._replace(a=t * p.factors.a, b=p.factors.b / t)
    Z_scaled, saved_scaled = by_hand.forward(p.H, scaled, p.B, **p.slide)
    g, g_scaled = by_hand.backward(p.Δ, saved), by_hand.backward(p.Δ, saved_scaled)
    error = relative_error([Z_scaled, t * g_scaled.a, g_scaled.b / t, g_scaled.H], [Z, g.a, g.b, g.H])
    lab.claim("(a, b) → (3a, b/3) keeps Z and dH, and turns (da, db) into (da/3, 3db)", error, at_most=1e-12)
    (a, b), (da, db) = (p.factors.a, p.factors.b), (g.a, g.b)
    after = (a - rate * da).square().sum() - (b - rate * db).square().sum()
    drift = after - (a.square().sum() - b.square().sum()) - rate**2 * (da.square().sum() - db.square().sum())
    lab.claim(
        "a gradient step changes ‖a‖² − ‖b‖² only by η²(‖da‖² − ‖db‖²)",
        drift.abs() / after.abs().clamp_min(1),
        at_most=1e-10,
    )


def bias_kinds(lab: Lab, p: Problem) -> None:
    """Untied, every place has its own entry and dB is Δ summed over images; tied, one entry collects from all."""
    untied = by_hand.backward(p.Δ, by_hand.forward(p.H, p.factors, p.B, **p.slide)[1]).B
    tied = by_hand.backward(p.Δ, by_hand.forward(p.H, p.factors, p.B[:, 0, 0], **p.slide)[1]).B
    lab.claim(UNTIED, max_error(untied, p.Δ.sum(0)), equals=0)
    lab.claim("tied: dB = the untied one, summed over places", max_error(tied, untied.sum((1, 2))), at_most=1e-12)


def flipped_error(p: Problem) -> float:
    """A true convolution with W is a correlation with W flipped, that is with c and d flipped."""
    leaves = [value.clone().requires_grad_() for value in p.inputs]
    H, a, b, c, d, B = leaves
    Z = reference.full_convolution(H, a, b, c=c.flip(0), d=d.flip(0), B=B, **p.slide)
    expected = torch.autograd.grad(Z, leaves, p.Δ)
    factors = p.factors._replace(c=p.factors.c.flip(0), d=p.factors.d.flip(0))
    Z_by_hand, saved = by_hand.forward(p.H, factors, p.B, **p.slide)
    g = by_hand.backward(p.Δ, saved)
    return relative_error([Z_by_hand, g.H, g.a, g.b, g.c.flip(0), g.d.flip(0), g.B], [Z.detach(), *expected])


def colour_to_edges(photo: Tensor) -> list[tuple[str, Tensor]]:
    """A photograph (Y, X, 3) in [0, 1] through the four factors."""
    Z, saved = by_hand.forward(photo.movedim(2, 0)[None], SOBEL, torch.zeros(2))
    return [
        ("H: three channels", photo),
        ("S = Σ b$_j$ H$_j$", saved.S[0]),
        ("U = c down the columns", saved.U[0]),
        ("V = d along the rows", saved.V[0]),
        ("Z$_1$ = a$_1$ V", Z[0, 0]),
        ("Z$_2$ = a$_2$ V", Z[0, 1]),
    ]


def photograph(lab: Lab) -> Tensor:
    """scikit-learn's flower, every other pixel: (213, 320, 3) in [0, 1]."""
    return lab.uses(photo("flower")).pixels[:-1:2, ::2].float() / 255
