"""The same derivative as libraries compute it: autograd, NumPy, and the kit's layers by hand."""

import numpy as np
import torch
import torch.nn.functional as F

from bench.kit import byhand

from .problem import Gradients, Layer


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
