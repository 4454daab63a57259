"""Forward and backward through K networks of one shape at once: each layer is one batched matrix product.

Layer l computes z = h W^T + b and h' = φ(z), for every network k its own. With δ = ∂L/∂z of shape (K, B, out),

    dW = δ^T h        db = Σ δ        δ of the layer below = (δ W) ⊙ φ'(z)

where the products and sums are taken network by network (Goodfellow et al. 2016, section 6.5).
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from .batch_norm import Normed, Statistics, batch_norm, batch_norm_backward


class Layer(NamedTuple):
    """One layer of K networks: weight (K, out, in), all else (K, 1, out). Gradients have the same form."""

    weight: Tensor
    bias: Tensor
    scale: Tensor | None = None
    shift: Tensor | None = None

    @property
    def norm(self) -> tuple[Tensor, Tensor]:
        """Scale and shift, of a layer that has a batch norm."""
        assert self.scale is not None
        assert self.shift is not None
        return self.scale, self.shift


class Saved(NamedTuple):
    """What a layer's backward pass needs: its input and output, and what its batch norm left."""

    below: Tensor
    above: Tensor
    normed: Normed | None = None


def activate(name: str, z: Tensor) -> Tensor:
    """φ(z), in the place of z."""
    return z.sigmoid_() if name == "sigmoid" else z.relu_()


def times_slope(name: str, dh: Tensor, h: Tensor) -> Tensor:
    """dh ⊙ φ'(z) from h = φ(z), in the place of dh: σ' = h (1 - h), and ReLU' = sign h, as h is never negative."""
    return dh.mul_(torch.addcmul(h, h, h, value=-1) if name == "sigmoid" else h.sign())


def forward(
    activation: str, layers: Sequence[Layer], x: Tensor, running: Sequence[Statistics] = ()
) -> tuple[Tensor, list[Saved]]:
    """Outputs (K, B, 2) for x (K, B, 30).

    Batch norm uses the batch's own statistics (training mode), or the ``running`` ones where they are given
    (evaluation mode).
    """
    h, saved = x, []
    for number, layer in enumerate(layers):
        z, normed = torch.baddbmm(layer.bias, h, layer.weight.mT), None
        if layer.scale is not None:
            z, normed = batch_norm(z, *layer.norm, running[number] if running else None)
        below, h = h, z if number == len(layers) - 1 else activate(activation, z)
        saved.append(Saved(below, h, normed))
    return h, saved


def backward(
    activation: str, layers: Sequence[Layer], delta: Tensor, saved: Sequence[Saved], *, into: Sequence[Layer]
) -> list[Tensor]:
    """Write all gradients ``into`` layers, from δ = ∂L/∂(outputs) of shape (K, B, 2); gives δ of every layer."""
    deltas = []
    for number in reversed(range(len(layers))):
        layer, gradient, (below, above, normed) = layers[number], into[number], saved[number]
        if number < len(layers) - 1:
            delta = times_slope(activation, torch.bmm(delta, layers[number + 1].weight), above)
        if normed is not None:
            scale, (dscale, dshift) = layer.norm[0], gradient.norm
            delta = batch_norm_backward(delta, scale, normed, dscale=dscale, dshift=dshift)
        torch.bmm(delta.mT, below, out=gradient.weight)
        torch.sum(delta, 1, keepdim=True, out=gradient.bias)
        deltas.append(delta)
    return deltas[::-1]


def cost(outputs: Tensor, y: Tensor) -> Tensor:
    """The mean cross entropy of each network, (K,): outputs (K, B, 2), labels (K, B)."""
    log_p = outputs.log_softmax(2)
    return -log_p.gather(2, y.unsqueeze(2)).mean((1, 2))


def cost_backward(outputs: Tensor, y: Tensor) -> Tensor:
    """∂cost/∂outputs = (softmax - one-hot) / B."""
    delta, target = outputs.softmax(2), y.unsqueeze(2)
    return delta.scatter_add_(2, target, torch.full_like(target, -1, dtype=delta.dtype)).div_(y.shape[1])
