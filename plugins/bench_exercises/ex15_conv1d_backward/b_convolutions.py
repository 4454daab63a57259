"""The same derivative written with a full convolution, a valid correlation and zeros put in.

A sequence is a 1-D tensor. ``answer.md``, 15b, derives each formula.
"""

from itertools import product

import torch
from torch import Tensor

from .network import places


def valid_correlation(a: Tensor, k: Tensor) -> Tensor:
    """(a ⋆ k)[t] = Σ_u a[t + u] · k[u], for the places where k lies wholly inside a: length |a| − |k| + 1."""
    if len(k) > len(a):
        raise ValueError(f"a kernel of length {len(k)} does not fit into a sequence of length {len(a)}")
    return torch.stack([(a[t : t + len(k)] * k).sum() for t in range(len(a) - len(k) + 1)])


def full_convolution(a: Tensor, k: Tensor) -> Tensor:
    """(a ∗ k)[p] = Σ_t a[t] · k[p − t], wherever the two overlap at all: length |a| + |k| − 1."""
    y = a.new_zeros(len(a) + len(k) - 1)
    for t, value in enumerate(a):
        y[t : t + len(k)] += value * k
    return y


def full_correlation_with_flipped(a: Tensor, k: Tensor) -> Tensor:
    """The full convolution as a layer computes it: |k| − 1 zeros on both sides, then slide the *flipped* kernel."""
    margin = a.new_zeros(len(k) - 1)
    return valid_correlation(torch.cat([margin, a, margin]), k.flip(0))


def zero_stuffed(d: Tensor, s: int) -> Tensor:
    """d with s − 1 zeros between neighbours: undoes what the stride did to the time axis. Length s·(q − 1) + 1."""
    stuffed = d.new_zeros(s * (len(d) - 1) + 1)
    stuffed[::s] = d
    return stuffed


def backward(d: Tensor, x: Tensor, w: Tensor, s: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """dx[j] = Σ_i d↑[i] ∗ w[i, j] (full) · dw[i, j] = x[j] ⋆ d↑[i] (valid) · db[i] = Σ_t d[i, t].

    d↑ is the zero-stuffed d. Inputs that no window reaches (the remainder of (n − m)/s) keep the derivative 0.
    """
    q = places(x, w, s)
    reach = s * (q - 1) + w.shape[2]
    dx, dw = torch.zeros_like(x), torch.zeros_like(w)
    for i, j in product(range(w.shape[0]), range(w.shape[1])):
        stuffed = zero_stuffed(d[i], s)
        dx[j, :reach] += full_convolution(stuffed, w[i, j])
        dw[i, j] = valid_correlation(x[j, :reach], stuffed)
    return dx, dw, d.sum(1)
