"""15a: the sums over connections, against every other way."""

import torch
import torch.nn.functional as F

from bench import Lab
from bench.kit.compare import largest, max_error

from . import checks, reference
from .by_hand import backward, backward_at
from .network import forward
from .problem import CONFIGURATIONS, Configuration, draw


def study(lab: Lab) -> None:
    worst = {"autograd": 0.0, "library": 0.0, "Toeplitz": 0.0, "differences": 0.0, "pairings": 0.0}
    rows = []
    for c in CONFIGURATIONS:
        by_hand, values = backward_at(lab, c)
        errors = {
            "autograd": max_error(by_hand, reference.by_autograd(values)),
            "library": max_error(by_hand, reference.by_library(values)),
            "Toeplitz": max_error(by_hand, checks.by_matrices(values)),
            "differences": checks.differences_error(values),
            "pairings": checks.adjoint_error(by_hand, values),
        }
        worst = {name: largest(worst[name], error) for name, error in errors.items()}
        rows.append({"layer": c.label, "what it is": c.reading, "q": c.q} | errors)
    lab.table(
        "Every layer: the sums against autograd, the library, the matrices, central differences; and the pairings", rows
    )
    lab.metric("configurations", len(CONFIGURATIONS))
    lab.claim("sums = autograd, every configuration", worst["autograd"], at_most=1e-12)
    lab.claim("the library of layers by hand = sums, every configuration", worst["library"], at_most=1e-12)
    lab.claim("sums = transposed Toeplitz matrix, every configuration", worst["Toeplitz"], at_most=1e-12)
    lab.claim("sums = central differences, every configuration", worst["differences"], at_most=1e-6)
    lab.claim("the three pairings ⟨d, w⋆x⟩ = ⟨dx, x⟩ = ⟨dw, w⟩ agree", worst["pairings"], at_most=1e-12)
    lab.claim("two layers with tanh between: recursion = autograd", chain_error(lab), at_most=1e-12)
    lab.claim("nodes that no window reaches get exactly 0", unseen_derivative(lab), equals=0)


def chain_error(lab: Lab) -> float:
    """δᵏ = φ'(zᵏ) ⊙ (wᵏ⁺¹ᵀ δᵏ⁺¹) across an activation, held against autograd on all five leaves."""
    below, above = (
        draw(lab, Configuration(reading="layer k", n=9, m=3, C=2, O=3)),
        draw(lab, Configuration(reading="layer k+1", n=7, m=4, C=3, O=2)),
    )
    z1 = forward(below.x, below.w, below.b)
    dh, dw2, db2 = backward(above.d, torch.tanh(z1), above.w)
    dx, dw1, db1 = backward(dh * (1 - torch.tanh(z1) ** 2), below.x, below.w)

    leaves = [v.clone().requires_grad_() for v in (below.x, below.w, below.b, above.w, above.b)]
    x, w1, b1, w2, b2 = leaves
    z2 = F.conv1d(torch.tanh(F.conv1d(x[None], w1, b1)), w2, b2)[0]
    return max_error((dx, dw1, db1, dw2, db2), torch.autograd.grad(z2, leaves, above.d))


def unseen_derivative(lab: Lab) -> float:
    """A remainder of the stride (n=8, m=3, s=2: x₈) and a gap between windows (n=5, m=2, s=3: x₃)."""
    last, between = Configuration(reading="remainder", n=8, m=3, s=2), Configuration(reading="gap", n=5, m=2, s=3)
    return float(backward_at(lab, last)[0][0][0, 7].abs() + backward_at(lab, between)[0][0][0, 2].abs())
