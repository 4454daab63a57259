"""The same derivative written with a full convolution, a valid correlation and zeros put in.

A sequence is a 1-D tensor. ``answer.md``, 15b, derives each formula.
"""

from itertools import product

import torch
import torch.nn.functional as F
from torch import Tensor

from .network import places
from .problem import PLAIN, Gradients, Slide


def valid_correlation(a: Tensor, k: Tensor) -> Tensor:
    """(a ⋆ k)[t] = Σ_u a[t + u] · k[u], for the places where k lies wholly inside a: length |a| − |k| + 1."""
    if len(k) > len(a):
        raise ValueError(f"a kernel of length {len(k)} does not fit into a sequence of length {len(a)}")
    return torch.stack([(a[t : t + len(k)] * k).sum() for t in range(len(a) - len(k) + 1)])


def full_convolution(a: Tensor, k: Tensor) -> Tensor:
    """(a ∗ k)[v] = Σ_t a[t] · k[v − t], wherever the two overlap at all: length |a| + |k| − 1."""
    y = a.new_zeros(len(a) + len(k) - 1)
    for t, value in enumerate(a):
        y[t : t + len(k)] += value * k
    return y


def full_correlation(a: Tensor, k: Tensor) -> Tensor:
    """What a layer does to a: |k| − 1 zeros on both sides, then slide k as it is. With k flipped it is a ∗ k."""
    margin = a.new_zeros(len(k) - 1)
    return valid_correlation(torch.cat([margin, a, margin]), k)


def zero_stuffed(d: Tensor, s: int) -> Tensor:
    """d with s − 1 zeros between neighbours: undoes what the stride did to the time axis. Length s·(q − 1) + 1."""
    stuffed = d.new_zeros(s * (len(d) - 1) + 1)
    stuffed[::s] = d
    return stuffed


def backward(d: Tensor, x: Tensor, w: Tensor, slide: Slide = PLAIN) -> Gradients:
    """dx[j] = Σ_i d↑[i] ∗ w↑[i, j] (full) · dw[i, j] = x[j] ⋆ d↑[i] (valid) · db[i] = Σ_t d[i, t].

    d↑ has s − 1 zeros put in and w↑ has r − 1; x has its padding. Of dx the p ends are cut off, of dw every r-th number
    is kept. Nodes that no window reaches keep the derivative 0.
    """
    q, p, n = places(x, w, slide), slide.p, x.shape[1]
    reach = slide.s * (q - 1) + slide.span(w.shape[2])
    padded = F.pad(x, (p, p))
    dx, dw = torch.zeros_like(padded), torch.zeros_like(w)
    for i, j in product(range(w.shape[0]), range(w.shape[1])):
        stuffed = zero_stuffed(d[i], slide.s)
        dx[j, :reach] += full_convolution(stuffed, zero_stuffed(w[i, j], slide.r))
        dw[i, j] = valid_correlation(padded[j, :reach], stuffed)[:: slide.r]
    return dx[:, p : p + n], dw, d.sum(1)
