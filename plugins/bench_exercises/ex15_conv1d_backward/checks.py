"""Other ways to the same derivative, to hold the sums against: matrices, NumPy, autograd, finite differences."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from bench.kit import byhand

from .layer import forward, toeplitz, windows
from .readings import Layer

Gradients = tuple[Tensor, Tensor, Tensor]


def by_matrices(layer: Layer) -> Gradients:
    """dx = T(w)ᵀ d and dw[i] = X(x)ᵀ d[i]: the transposes of the two matrices of one bilinear map."""
    x, w, _, d, s = layer
    dx = toeplitz(w, x.shape[1], s).T @ d.flatten()
    return dx.view_as(x), (d @ windows(x, w.shape[2], s)).view_as(w), d.sum(1)


def by_numpy(layer: Layer) -> Gradients:
    """NumPy's own full convolution and valid correlation, on the zero-stuffed d."""
    x, w, _, d, s = layer
    stuffed = np.zeros((d.shape[0], s * (d.shape[1] - 1) + 1))
    stuffed[:, ::s] = d.cpu().numpy()
    signal, kernel = x.cpu().numpy(), w.cpu().numpy()
    reach = stuffed.shape[1] + kernel.shape[2] - 1
    dx, dw = np.zeros_like(signal), np.zeros_like(kernel)
    for i, j in np.ndindex(kernel.shape[:2]):
        dx[j, :reach] += np.convolve(stuffed[i], kernel[i, j], mode="full")
        dw[i, j] = np.correlate(signal[j, :reach], stuffed[i], mode="valid")
    inputs, weights, biases = (torch.from_numpy(g).to(x.device) for g in (dx, dw, stuffed.sum(1)))
    return inputs, weights, biases


def by_autograd(layer: Layer) -> Gradients:
    """What ``conv1d`` sends back when d arrives at its output."""
    leaves = [value.clone().requires_grad_() for value in layer[:3]]
    z = F.conv1d(leaves[0][None], leaves[1], leaves[2], stride=layer.s)[0]
    dx, dw, db = torch.autograd.grad(z, leaves, layer.d)
    return dx, dw, db


def by_library(layer: Layer) -> Gradients:
    """The same from ``bench.kit.byhand``, where a window is a column of one matrix product."""
    _, saved = byhand.conv1d(layer.x[None], layer.w, layer.b, stride=layer.s)
    dx, dw, db = byhand.conv1d_backward(layer.d[None], saved)
    assert db is not None
    return dx[0], dw, db


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
