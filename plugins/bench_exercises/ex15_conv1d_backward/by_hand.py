"""The derivative as sums: every connection is visited once, and what it sends back is written down."""

from itertools import product

import torch
from torch import Tensor

from bench import Lab

from .network import connections, forward, places
from .problem import PLAIN, Configuration, Gradients, Layer, Slide, draw


def backward(d: Tensor, x: Tensor, w: Tensor, slide: Slide = PLAIN) -> Gradients:
    """``(dx, dw, db)`` from d: what z[i, t] owes to x[j, s·t + r·u − p], to w[i, j, u] and to b[i].

    Shapes: d (O, q), x and dx (C, n), w and dw (O, C, m), db (O,). Raises ``ValueError`` where they do not fit.
    """
    outputs, channels, m = w.shape
    q = places(x, w, slide)
    if d.shape != (outputs, q):
        raise ValueError(
            f"d has shape {tuple(d.shape)}; x {tuple(x.shape)}, w {tuple(w.shape)}, {slide} give z ({outputs}, {q})"
        )
    dx, dw, db = torch.zeros_like(x), torch.zeros_like(w), d.sum(1)
    for i, j in product(range(outputs), range(channels)):
        for t, u, v in connections(x.shape[1], m, slide):
            # +=, not =: a node stands under several windows, and a weight is used at several places.
            dx[j, v] += w[i, j, u] * d[i, t]
            dw[i, j, u] += x[j, v] * d[i, t]
    return dx, dw, db


def backward_at(lab: Lab, c: Configuration) -> tuple[Gradients, Layer]:
    values = draw(lab, c)
    return backward(values.d, values.x, values.w, values.slide), values


def through_two_layers(below: Layer, above: Layer) -> tuple[Tensor, ...]:
    """∂L/∂(x, w¹, b¹, w², b²) of L = ⟨d, w² ⋆ tanh(w¹ ⋆ x + b¹) + b²⟩, of which d is ``above.d``.

    One step of the recursion: δᵏ = φ′(zᵏ) ⊙ (w² backwards over δᵏ⁺¹), with φ′ = 1 − tanh².
    """
    h = torch.tanh(forward(below.x, below.w, below.b))
    dh, dw2, db2 = backward(above.d, h, above.w)
    dx, dw1, db1 = backward(dh * (1 - h**2), below.x, below.w)
    return dx, dw1, db1, dw2, db2
