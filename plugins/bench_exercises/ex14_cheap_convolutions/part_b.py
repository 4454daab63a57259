"""14b (i) and (ii): the order of the factors, and the derivatives of the rank-1 convolution."""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, smallest
from bench.kit.data import photo

from . import checks, counts, orders, rank1
from .checks import SETTINGS, SHEET, SMALL, Problem, Setting, draw, gap
from .part_a import saved
from .pictures import orders_figure, steps_figure
from .rank1 import Factors

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


def cheapest_order(lab: Lab) -> None:
    """14b (i): every order is run and counted."""
    N, M, L, K = SHEET
    p = draw(lab, Setting(T=1, M=M, Y=18, X=18, N=N, L=L, K=K))
    ranked = orders.cheapest_first(*SHEET)
    cheapest, worst = ranked[0], ranked[-1]
    results = {order: orders.apply(order, p.H, p.factors) for order in orders.ORDERS}
    Z, run = {o: z for o, (z, _) in results.items()}, {o: count for o, (_, count) in results.items()}
    lab.claim("all 24 orders give one Z", largest(gap([z], [Z["abcd"]]) for z in Z.values()), at_most=1e-12)
    lab.claim("the cheapest order takes M + L + K + N multiplications a place", cheapest[1], equals=M + L + K + N)
    lab.claim("b comes first and a last in the cheapest order", cheapest[0] in ("bcda", "bdca"), equals=1)
    lab.claim("the worst order takes this many times more", worst[1] / cheapest[1], at_least=160)
    lab.claim("the built kernel takes this many times more", counts.full(*SHEET) / cheapest[1], at_least=180)
    lab.metric("worst over cheapest, counted while running", run[worst[0]] / run[cheapest[0]], "×")
    saved(lab, "rank 1")
    lab.claim(
        "the order that is cheapest on paper is cheapest when run", run[cheapest[0]], equals=smallest(run.values())
    )
    lab.table("Every order of the four factors", [order_row(o, n, run[o], cheapest[1]) for o, n in ranked])
    lab.figure("The 24 orders", orders_figure(ranked, counts.full(*SHEET)), "N = 64, M = 32, kernel 3 × 3; log axis.")


def order_row(order: str, per_place: int, counted: int, least: int) -> dict[str, Any]:
    return {
        "order": " → ".join(order),
        "per place": per_place,
        "counted on 18×18": counted,
        "times the cheapest": round(per_place / least, 2),
    }


def derivatives(lab: Lab) -> None:
    """14b (ii): forward and all six derivatives, with strides, borders, and both kinds of bias."""
    forward = backward = pairing = 0.0
    for p in (draw(lab, setting) for setting in SETTINGS):
        Z, saved = rank1.forward(p.H, p.factors, p.B, **p.slide)
        expected, gradients = checks.by_autograd(p)
        forward = largest(forward, gap([Z], [expected]))
        backward = largest(backward, gap(rank1.backward(p.Δ, saved), gradients))
        whole, *parts = checks.pairings(p)
        pairing = largest(pairing, *(float((part - whole).abs() / whole.abs().clamp_min(1)) for part in parts))
    lab.claim("rank 1 = full convolution with W = a∘b∘c∘d", forward, at_most=1e-12)
    lab.claim("derivatives by hand = autograd through the full convolution", backward, at_most=1e-10)
    lab.claim("derivatives by hand = central differences", differences_error(lab), at_most=1e-6)
    lab.claim("a·da = b·db = c·dc = d·dd = ⟨H, dH⟩ = ⟨Δ, Z − B⟩", pairing, at_most=1e-10)
    symmetries(lab, draw(lab, SETTINGS[1]))
    bias_kinds(lab, draw(lab, SETTINGS[4]))
    lab.claim(
        "where * flips, c and d (and dc, dd) are read backwards", flipped_error(draw(lab, SETTINGS[0])), at_most=1e-10
    )
    lab.figure("A rank-1 convolution, step by step", steps_figure(colour_to_edges(photograph(lab))), STEPS)


def differences_error(lab: Lab) -> float:
    """The slope of L = Σ log cosh Z in every entry of every input; here Δ = tanh Z."""
    worst = 0.0
    for p in (draw(lab, setting) for setting in lab.pick(smoke=SMALL, quick=SETTINGS, full=SETTINGS)):
        Z, saved = rank1.forward(p.H, p.factors, p.B, **p.slide)
        slopes = checks.by_differences(partial(by_hand, p.slide), p.inputs)
        worst = largest(worst, gap(rank1.backward(torch.tanh(Z), saved), slopes))
    return worst


def by_hand(slide: dict[str, int], H: Tensor, a: Tensor, b: Tensor, c: Tensor, d: Tensor, B: Tensor) -> Tensor:
    return rank1.forward(H, Factors(a, b, c, d), B, **slide)[0]


def symmetries(lab: Lab, p: Problem) -> None:
    """(a, b) → (t·a, b/t) changes nothing; gradient steps almost keep what that freedom conserves."""
    t, rate = 3.0, 0.01
    Z, saved = rank1.forward(p.H, p.factors, p.B, **p.slide)
    scaled = p.factors._replace(a=t * p.factors.a, b=p.factors.b / t)
    Z_scaled, saved_scaled = rank1.forward(p.H, scaled, p.B, **p.slide)
    g, g_scaled = rank1.backward(p.Δ, saved), rank1.backward(p.Δ, saved_scaled)
    error = gap([Z_scaled, t * g_scaled.a, g_scaled.b / t, g_scaled.H], [Z, g.a, g.b, g.H])
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
    untied = rank1.backward(p.Δ, rank1.forward(p.H, p.factors, p.B, **p.slide)[1]).B
    tied = rank1.backward(p.Δ, rank1.forward(p.H, p.factors, p.B[:, 0, 0], **p.slide)[1]).B
    lab.claim("untied: dB = Δ, summed over images", (untied - p.Δ.sum(0)).abs().max(), equals=0)
    lab.claim("tied: dB = the untied one, summed over places", (tied - untied.sum((1, 2))).abs().max(), at_most=1e-12)


def flipped_error(p: Problem) -> float:
    """A true convolution with W is a correlation with W flipped, that is with c and d flipped."""
    leaves = [value.clone().requires_grad_() for value in p.inputs]
    H, a, b, c, d, B = leaves
    Z = checks.full_convolution(H, a, b, c=c.flip(0), d=d.flip(0), B=B, **p.slide)
    expected = torch.autograd.grad(Z, leaves, p.Δ)
    factors = p.factors._replace(c=p.factors.c.flip(0), d=p.factors.d.flip(0))
    Z_by_hand, saved = rank1.forward(p.H, factors, p.B, **p.slide)
    g = rank1.backward(p.Δ, saved)
    return gap([Z_by_hand, g.H, g.a, g.b, g.c.flip(0), g.d.flip(0), g.B], [Z.detach(), *expected])


def colour_to_edges(photo: Tensor) -> list[tuple[str, Tensor]]:
    """A photograph (Y, X, 3) in [0, 1] through the four factors."""
    Z, saved = rank1.forward(photo.movedim(2, 0)[None], SOBEL, torch.zeros(2))
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
