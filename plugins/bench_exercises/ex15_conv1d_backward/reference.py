"""The same derivative as libraries compute it: autograd, NumPy, and the kit's layers by hand."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from bench.kit import byhand

from .problem import Gradients, Layer


def output(layer: Layer) -> Tensor:
    """z as ``conv1d`` computes it, (O, q)."""
    x, w, b, _, slide = layer
    return F.conv1d(x[None], w, b, stride=slide.s, padding=slide.p, dilation=slide.r)[0]


def by_autograd(layer: Layer) -> Gradients:
    """What ``conv1d`` sends back when d arrives at its output."""
    leaves = [value.clone().requires_grad_() for value in layer[:3]]
    x, w, b = leaves
    z = output(layer._replace(x=x, w=w, b=b))
    dx, dw, db = torch.autograd.grad(z, leaves, layer.d)
    return dx, dw, db


def two_layers_by_autograd(below: Layer, above: Layer) -> tuple[Tensor, ...]:
    """What ``by_hand.through_two_layers`` computes."""
    leaves = [value.clone().requires_grad_() for value in (below.x, below.w, below.b, above.w, above.b)]
    x, w1, b1, w2, b2 = leaves
    z2 = F.conv1d(torch.tanh(F.conv1d(x[None], w1, b1)), w2, b2)[0]
    return torch.autograd.grad(z2, leaves, above.d)


def by_library(layer: Layer) -> Gradients:
    """The same from ``bench.kit.byhand``, where a window is a column of one matrix product."""
    s, p, r = layer.slide.s, layer.slide.p, layer.slide.r
    _, saved = byhand.conv1d(layer.x[None], layer.w, layer.b, stride=s, padding=p, dilation=r)
    dx, dw, db = byhand.conv1d_backward(layer.d[None], saved)
    assert db is not None
    return dx[0], dw, db


def by_numpy(layer: Layer) -> Gradients:
    """NumPy's own full convolution and valid correlation, on the zero-stuffed d and w."""
    s, p, r = layer.slide.s, layer.slide.p, layer.slide.r
    signal = np.pad(layer.x.cpu().numpy(), ((0, 0), (p, p)))
    stuffed, kernel = spread(layer.d, s), spread(layer.w, r)
    reach = stuffed.shape[1] + kernel.shape[2] - 1
    dx, dw = np.zeros_like(signal), np.zeros(layer.w.shape)
    for i, j in np.ndindex(kernel.shape[:2]):
        dx[j, :reach] += np.convolve(stuffed[i], kernel[i, j], mode="full")
        dw[i, j] = np.correlate(signal[j, :reach], stuffed[i], mode="valid")[::r]
    found = (dx[:, p : p + layer.x.shape[1]], dw, stuffed.sum(1))
    inputs, weights, biases = (torch.from_numpy(gradient).to(layer.x.device) for gradient in found)
    return inputs, weights, biases


def spread(values: Tensor, step: int) -> np.ndarray:
    """The last axis with step − 1 zeros between neighbours."""
    array = np.zeros((*values.shape[:-1], step * (values.shape[-1] - 1) + 1))
    array[..., ::step] = values.cpu().numpy()
    return array
