"""The classic mistakes in the backward pass of 14b, each made for real and held against a claim."""

from collections.abc import Callable
from types import SimpleNamespace

import torch
from torch import Tensor

from bench import Mistake
from bench.kit.compare import max_error, relative_error

from . import by_hand, checks, reference
from .by_hand import Gradients, Saved
from .problem import Problem

AUTOGRAD = "derivatives by hand = autograd through the full convolution"
FORWARD = "rank 1 = full convolution with W = a∘b∘c∘d"
EULER = "a·da = b·db = c·dc = d·dd = ⟨H, dH⟩ = ⟨Δ, Z − B⟩"
UNTIED = "untied: dB = Δ, summed over images"


def backward(Δ: Tensor, saved: Saved, **replaced: Callable[..., Tensor]) -> Gradients:
    """``by_hand.backward`` with some of its steps replaced."""
    f = SimpleNamespace(**{name: getattr(by_hand, name) for name in ("mix", "spread", "inside")} | replaced)
    (a, b, c, d), s = saved.factors, saved.stride
    gV = f.mix(a, Δ)
    gU = f.spread(d, gV, saved.U, axis=2, s=s)
    gS = f.inside(f.spread(c, gU, saved.S, axis=1, s=s), saved.padding)
    return Gradients(
        H=b[:, None, None] * gS[:, None],
        a=by_hand.pair_channels(Δ, saved.V),
        b=by_hand.pair_channels(saved.H, gS),
        c=by_hand.pair_taps(gU, saved.S, len(c), axis=1, s=s),
        d=by_hand.pair_taps(gV, saved.U, len(d), axis=2, s=s),
        B=Δ.sum(0) if saved.untied else Δ.sum((0, 2, 3)),
    )


def unflipped(w: Tensor, gy: Tensor, x: Tensor, **how: int) -> Tensor:
    return by_hand.spread(w.flip(0), gy, x, **how)


def overwriting(w: Tensor, gy: Tensor, x: Tensor, *, axis: int, s: int) -> Tensor:
    gx = torch.zeros_like(x)
    for u, view in enumerate(by_hand.taps(gx, len(w), axis, s)):
        view.copy_(w[u] * gy)
    return gx


def stride_forgotten(w: Tensor, gy: Tensor, x: Tensor, *, axis: int, s: int) -> Tensor:
    gx = torch.zeros_like(x)
    for u in range(len(w)):
        gx.narrow(axis, u, gy.shape[axis]).add_(w[u] * gy)
    return gx


def cut_at_one_end(x: Tensor, p: int) -> Tensor:
    return x[:, : x.shape[1] - 2 * p, : x.shape[2] - 2 * p]


def mistakes(p: Problem) -> list[Mistake]:
    """For values with a stride, a border, several images and a bias a place, so that none of them is without effect."""
    Z, saved = by_hand.forward(p.H, p.factors, p.B, **p.slide)
    expected_Z, expected = reference.by_autograd(p)
    right = by_hand.backward(p.Δ, saved)
    wrong = {
        "the kernel is not flipped on the way back": backward(p.Δ, saved, spread=unflipped),
        "= for +=, where windows overlap": backward(p.Δ, saved, spread=overwriting),
        "the stride is forgotten on the way back": backward(p.Δ, saved, spread=stride_forgotten),
        "the border is cut off at one end": backward(p.Δ, saved, inside=cut_at_one_end),
        "dV = Σ Δ(i), without a": backward(p.Δ, saved, mix=lambda a, Δ: Δ.sum(1)),
        "da averaged over the images, not summed": right._replace(a=right.a / len(p.Δ)),
        "dc and dd exchanged": right._replace(c=right.d, d=right.c),
    }
    flipped = p.factors._replace(c=p.factors.c.flip(0), d=p.factors.d.flip(0))
    Z_flipped, _ = by_hand.forward(p.H, flipped, p.B, **p.slide)
    signed = right._replace(H=-right.H)
    return [
        *(Mistake(name=name, fails=AUTOGRAD, value=relative_error(g, expected)) for name, g in wrong.items()),
        Mistake(name="the wrong sign in dH", fails=EULER, value=checks.pairing_error(p, Z, signed)),
        Mistake(name="∗ flips the kernel", fails=FORWARD, value=relative_error(Z_flipped, expected_Z)),
        Mistake(name="one dB for all places", fails=UNTIED, value=tied_error(p)),
    ]


def tied_error(p: Problem) -> float:
    """Δ summed over places too, and given to each of them."""
    everywhere = p.Δ.sum((0, 2, 3))[:, None, None].expand_as(p.B)
    return max_error(everywhere, p.Δ.sum(0))
