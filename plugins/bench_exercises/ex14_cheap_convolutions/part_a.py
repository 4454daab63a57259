"""14a: the separable convolution computes a full one, inherits its derivatives from it, and costs less."""

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from . import counts, plain, separable
from .checks import SETTINGS, SHEET, Problem, Setting, draw, gap

CHANNELS = (3, 16, 64, 256)


def separable_form(lab: Lab) -> None:
    """14a: equality, the derivatives that the form inherits, its rank, its cost."""
    forward = inherited = second = 0.0
    for setting in SETTINGS:
        p = draw(lab, setting)
        P, D = torch.outer(p.factors.a, p.factors.b), depthwise_kernels(lab, setting)
        B = p.B if p.B.ndim == 1 else p.B[:, 0, 0]
        Z, _ = separable.forward(p.H, P, D, B, **p.slide)
        W = separable.kernel(P, D)
        forward = largest(forward, gap([Z], [F.conv2d(p.H, W, B, **p.slide)]))
        inherited = largest(inherited, inherited_error(p, P, D, B))
        singular = torch.linalg.svdvals(W.transpose(0, 1).flatten(2))
        second = largest(second, float((singular[:, 1:] / singular[:, :1]).max()) if singular.shape[1] > 1 else 0.0)
    lab.claim("depthwise then pointwise = full convolution with W(i,j) = P(i,j) D(j)", forward, at_most=1e-12)
    lab.claim("dP and dD are contractions of dW", inherited, at_most=1e-10)
    lab.claim("per input channel the N filters have rank 1 (second singular value)", second, at_most=1e-12)
    counted_cost(lab)
    savings(lab)


def depthwise_kernels(lab: Lab, s: Setting) -> Tensor:
    return torch.randn(s.M, s.L, s.K, generator=lab.generator()).to(lab.device, lab.dtype)


def inherited_error(p: Problem, P: Tensor, D: Tensor, B: Tensor) -> float:
    """dP[i, j] = ⟨dW[i, j], D[j]⟩ and dD[j] = Σ_i P[i, j]·dW[i, j], held against autograd through the two steps."""
    _, dW, _ = plain.backward(p.Δ, p.H, separable.kernel(P, D), **p.slide)
    leaves = P.clone().requires_grad_(), D.clone().requires_grad_()
    Z, _ = separable.forward(p.H, leaves[0], leaves[1], B, **p.slide)
    by_chain = ((dW * D).sum((2, 3)), (P[:, :, None, None] * dW).sum(0))
    return gap(by_chain, torch.autograd.grad(Z, leaves, p.Δ))


def counted_cost(lab: Lab) -> None:
    """The multiplications are counted while the layer runs, on one image of 12 × 12."""
    N, M, L, K = SHEET
    p = draw(lab, Setting(T=1, M=M, Y=12, X=12, N=N, L=L, K=K))
    Z, count = separable.forward(p.H, torch.outer(p.factors.a, p.factors.b), depthwise_kernels(lab, p.setting), p.B)
    ratio = count / (Z.numel() * M * L * K)
    lab.metric("cost ratio of the separable form, N = 64, 3×3", ratio)
    lab.claim("counted cost ratio = 1/N + 1/(LK), difference", abs(ratio - (1 / N + 1 / (L * K))), at_most=1e-12)


FORMS = {
    "full": counts.full,
    "separable": counts.separable,
    "rank 1": counts.rank1,
    "CP": lambda N, M, L, K: counts.cp(N, M, L, K, R=N),
    "CP merged": lambda N, M, L, K: counts.cp_merged(N, M, L, K, R=N),
}
"""Multiplications per place; the sums of rank-1 terms have as many terms as channels."""


def savings(lab: Lab) -> None:
    """Multiplications per place of every form at N = M = R, 3×3."""
    # Merged, CP takes so few more that its line would lie on the other.
    for name in ("full", "separable", "rank 1", "CP"):
        count = FORMS[name]
        lab.curve(
            "Multiplications per output place, 3×3, as many channels out as in",
            CHANNELS,
            [count(c, c, 3, 3) for c in CHANNELS],
            series=name,
            x_label="channels",
            y_label="multiplications",
            scale="log-log",
            kind="law",
        )
    saved(lab, "separable")


def saved(lab: Lab, form: str) -> None:
    """How many times fewer multiplications the form needs than the full kernel."""
    for c in CHANNELS:
        fewer = counts.full(c, c, 3, 3) / FORMS[form](c, c, 3, 3)
        lab.metric(f"{form}, {c} channels: multiplications saved", fewer, "×")
