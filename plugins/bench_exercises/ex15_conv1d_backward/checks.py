"""Independent ways to know what is right: transposed matrices, central differences, and the pairings."""

from collections.abc import Callable

import torch
from torch import Tensor

from bench.kit.compare import largest, relative_error

from . import by_hand
from .network import forward, toeplitz, windows
from .problem import Gradients, Layer


def by_matrices(layer: Layer) -> Gradients:
    """dx = T(w)ᵀ d and dw[i] = X(x)ᵀ d[i]: the transposes of the two matrices of one bilinear map."""
    x, w, _, d, s = layer
    dx = toeplitz(w, x.shape[1], s).T @ d.flatten()
    return dx.view_as(x), (d @ windows(x, w.shape[2], s)).view_as(w), d.sum(1)


def cost(z: Tensor) -> Tensor:
    """L = Σ log cosh z, a smooth cost with ∂L/∂z = tanh z, so that d is the derivative of something."""
    return torch.log(torch.cosh(z)).sum()


def by_differences(layer: Layer, step: float = 1e-5) -> Gradients:
    """Central differences of ``cost`` at the layer's own output; d plays no part."""
    x, w, b, _, s = layer
    return (
        central_difference(lambda v: cost(forward(v, w, b, s)), x, step),
        central_difference(lambda v: cost(forward(x, v, b, s)), w, step),
        central_difference(lambda v: cost(forward(x, w, v, s)), b, step),
    )


def central_difference(f: Callable[[Tensor], Tensor], at: Tensor, step: float) -> Tensor:
    """(f(v + h·e) − f(v − h·e)) / 2h for every unit vector e; the error is of order h²."""
    slope = torch.empty(at.numel(), dtype=at.dtype, device=at.device)
    for k in range(at.numel()):
        shift = torch.zeros_like(at)
        shift.view(-1)[k] = step
        slope[k] = (f(at + shift) - f(at - shift)) / (2 * step)
    return slope.view_as(at)


def differences_error(values: Layer) -> float:
    """Here d must be the derivative of the cost itself: d = tanh z."""
    x, w, b, _, s = values
    d = torch.tanh(forward(x, w, b, s))
    return relative_error(by_hand.backward(d, x, w, s), by_differences(values))


def adjoint_error(gradients: Gradients, values: Layer) -> float:
    """z − b is linear in x and linear in w, so both gradients, paired with what they belong to, give ⟨d, z − b⟩."""
    x, w, b, d, s = values
    pairing = (d * forward(x, w, torch.zeros_like(b), s)).sum()
    dx, dw, _ = gradients
    return largest((pairing - (dx * x).sum()).abs(), (pairing - (dw * w).sum()).abs())
