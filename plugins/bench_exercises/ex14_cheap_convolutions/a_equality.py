"""14a: the separable convolution computes a full one, inherits its derivatives from it, and costs less."""

from functools import partial

import torch
import torch.nn.functional as F

from bench import Lab
from bench.kit.compare import largest, relative_error

from . import a_form
from .a_form import Separable
from .figures import savings
from .problem import SETTINGS, SHEET, Problem, Setting, draw, full_cost, separable_cost
from .reference import counted


def study(lab: Lab) -> None:
    """14a: equality, the derivatives that the form inherits, what it can hold, its cost."""
    problems = [draw(lab, setting) for setting in SETTINGS]
    forward = largest(forward_error(p) for p in problems)
    lab.claim("depthwise then pointwise = full convolution with W(i,j) = P(i,j) D(j)", forward, at_most=1e-12)
    lab.claim("dP and dD are contractions of dW", largest(inherited_error(p) for p in problems), at_most=1e-10)
    held_share(lab)
    counted_cost(lab)
    savings(lab)


def separable(p: Problem) -> Separable:
    return Separable(P=p.P, D=p.D, B1=p.B1, B2=p.bias)


def forward_error(p: Problem) -> float:
    """Two steps with two biases, against one convolution with the kernel and the bias that they amount to."""
    layer = separable(p)
    expected = F.conv2d(p.H, a_form.kernel(p.P, p.D), a_form.bias(layer), **p.slide)
    return relative_error(a_form.forward(p.H, layer, **p.slide), expected)


def inherited_error(p: Problem) -> float:
    """dP[i, j] = ⟨dW[i, j], D[j]⟩ + dB[i]·B1[j], dD[j] = Σ_i P[i, j]·dW[i, j] and dB1 = Pᵀ dB, where dW and dB are the
    full layer's, held against autograd through the two steps."""
    layer = separable(p)
    W, B = (value.clone().requires_grad_() for value in (a_form.kernel(p.P, p.D), a_form.bias(layer)))
    dW, dB = torch.autograd.grad(F.conv2d(p.H, W, B, **p.slide), (W, B), p.Δ)
    leaves = Separable(*(value.clone().requires_grad_() for value in layer))
    expected = torch.autograd.grad(a_form.forward(p.H, leaves, **p.slide), leaves, p.Δ)
    # P acts twice: on the filtered maps and on their biases.
    by_chain = ((dW * p.D).sum((2, 3)) + torch.outer(dB, p.B1), (p.P[:, :, None, None] * dW).sum(0), p.P.T @ dB, dB)
    return relative_error(by_chain, expected)


def held_share(lab: Lab) -> None:
    """How much of ‖W‖² one D(j) a channel can hold at best: σ₁² of the N × LK matrix of its filters (Eckart-Young).

    For independent normal entries E σ₁ ≤ √N + √(LK) (Davidson and Szarek 2001, theorem II.13).
    """
    N, M, L, K = SHEET
    W = draw(lab, Setting(T=1, M=M, Y=L, X=K, N=N, L=L, K=K)).W
    singular = torch.linalg.svdvals(W.transpose(0, 1).flatten(2))
    share = (singular[:, 0].square() / singular.square().sum(1)).mean()
    lab.claim(
        "one D(j) for all N filters holds at most (1/√N + 1/√LK)² of a random kernel",
        share,
        at_most=(N**-0.5 + (L * K) ** -0.5) ** 2,
    )


def counted_cost(lab: Lab) -> None:
    """PyTorch counts the multiplications of both forms while they run, on one image of 12 × 12."""
    N, M, L, K = SHEET
    p = draw(lab, Setting(T=1, M=M, Y=12, X=12, N=N, L=L, K=K))
    places = p.Δ[0, 0].numel()
    full = counted(partial(F.conv2d, p.H, p.W))
    two_steps = counted(partial(a_form.forward, p.H, separable(p)))
    lab.metric("cost ratio of the separable form, N = 64, 3×3", two_steps / full)
    difference = abs(two_steps / full - (1 / N + 1 / (L * K)))
    lab.claim("counted cost ratio = 1/N + 1/(LK), difference", difference, at_most=1e-12)
    apart = abs(full - places * full_cost(*SHEET)) + abs(two_steps - places * separable_cost(*SHEET))
    lab.claim("multiplications counted by PyTorch = NMLK and MLK + NM, difference", apart, equals=0)
