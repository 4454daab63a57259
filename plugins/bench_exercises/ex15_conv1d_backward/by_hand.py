"""The derivative as sums: every connection is visited once, and what it sends back is written down."""

from itertools import product

import torch
from torch import Tensor

from bench import Lab

from .network import places
from .problem import Configuration, Gradients, Layer, draw


def backward(d: Tensor, x: Tensor, w: Tensor, s: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """``(dx, dw, db)`` from d: what z[i, t] owes to x[j, s·t + u], to w[i, j, u] and to b[i].

    A node under several windows and a weight used at several places *collect* what each of them sends back.
    """
    outputs, channels, m = w.shape
    q = places(x, w, s)
    if d.shape != (outputs, q):
        raise ValueError(
            f"d has shape {tuple(d.shape)}; x {tuple(x.shape)}, w {tuple(w.shape)}, s={s} give z ({outputs}, {q})"
        )
    dx, dw, db = torch.zeros_like(x), torch.zeros_like(w), d.new_zeros(outputs)
    for i, t in product(range(outputs), range(q)):
        db[i] += d[i, t]
        for j, u in product(range(channels), range(m)):
            dx[j, s * t + u] += w[i, j, u] * d[i, t]
            dw[i, j, u] += x[j, s * t + u] * d[i, t]
    return dx, dw, db


def backward_at(lab: Lab, c: Configuration) -> tuple[Gradients, Layer]:
    values = draw(lab, c)
    return backward(values.d, values.x, values.w, values.s), values
