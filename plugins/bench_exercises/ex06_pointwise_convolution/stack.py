"""Layers of 1×1 convolutions with an activation between them: a multi-layer perceptron that every pixel shares."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def perceptron(widths: Sequence[int], stream: torch.Generator) -> nn.Sequential:
    """Linear layers of the given widths with ReLU between them, weights of variance 2/fan-in (He et al. 2015), float32.

    Raises ``ValueError`` unless there are at least an input and an output width.
    """
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"a network needs an input and an output width, each at least 1, not {tuple(widths)}")
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        linear = nn.Linear(inputs, outputs)
        linear.weight = nn.Parameter(torch.randn(outputs, inputs, generator=stream) * (2 / inputs) ** 0.5)
        linear.bias = nn.Parameter(torch.randn(outputs, generator=stream))
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def as_convolutions(network: nn.Sequential) -> nn.Sequential:
    """The same network on maps: each linear layer becomes a 1×1 convolution with a copy of its numbers."""
    return nn.Sequential(*(_convolution(layer) if isinstance(layer, nn.Linear) else layer for layer in network))


def _convolution(linear: nn.Linear) -> nn.Conv2d:
    conv = nn.Conv2d(linear.in_features, linear.out_features, kernel_size=1)
    conv.weight = nn.Parameter(linear.weight.detach()[:, :, None, None].clone())
    conv.bias = nn.Parameter(linear.bias.detach().clone())
    return conv


def without_activations(network: nn.Sequential) -> nn.Sequential:
    return nn.Sequential(*(layer for layer in network if not isinstance(layer, nn.ReLU)))


def collapsed(network: nn.Sequential) -> tuple[Tensor, Tensor]:
    """Weight and bias of the one affine map that linear layers without activations amount to.

    Layer by layer: (W, b) becomes (W′W, W′b + b′).
    """
    first, *others = (layer for layer in network if isinstance(layer, nn.Linear))
    weight: Tensor = first.weight
    bias: Tensor = first.bias
    for layer in others:
        weight, bias = layer.weight @ weight, layer.weight @ bias + layer.bias
    return weight.detach(), bias.detach()


def flat_gradient(network: nn.Module, loss: Tensor) -> Tensor:
    """The gradient after all parameters, as one vector."""
    return torch.cat([gradient.flatten() for gradient in torch.autograd.grad(loss, list(network.parameters()))])


def exclusive_or() -> nn.Sequential:
    """max(a-b, 0) + max(b-a, 0) at every pixel: two 1×1 layers, written down rather than trained."""
    hidden, out = nn.Conv2d(2, 2, 1, bias=False), nn.Conv2d(2, 1, 1, bias=False)
    hidden.weight = nn.Parameter(torch.tensor([[1.0, -1.0], [-1.0, 1.0]])[:, :, None, None])
    out.weight = nn.Parameter(torch.ones(1, 2, 1, 1))
    return nn.Sequential(hidden, nn.ReLU(), out)


def best_single_layer() -> tuple[Tensor, Tensor]:
    """Weight (1, 2) and bias (1,) of the 1×1 layer nearest to exclusive or: least squares over the four cases."""
    cases = torch.cartesian_prod(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0])).double()
    design = torch.cat([cases, torch.ones(4, 1, dtype=torch.double)], dim=1)
    solution = torch.linalg.lstsq(design, (cases[:, :1] != cases[:, 1:]).double()).solution
    return solution[:2].T, solution[2]


def pattern(side: int) -> Tensor:
    """Two binary maps (1, 2, side, side), a disk and stripes, in which all four pairs of values occur."""
    if side < 8:
        raise ValueError(f"a disk and stripes need a side of at least 8 pixels, not {side}")
    y, x = torch.meshgrid(torch.linspace(-1, 1, side), torch.linspace(-1, 1, side), indexing="ij")
    disk = x**2 + y**2 < 0.6
    stripes = (torch.arange(side) // (side // 8) % 2 == 1).expand(side, side)
    return torch.stack([disk, stripes])[None].float()


def picture(maps: Tensor, single: Tensor, stacked: Tensor) -> Figure:
    """The two input channels, the best that one layer can do, and what two layers with a ReLU do."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.4, 2.7), layout="constrained", facecolor="white")
    titles = ("input channel a", "input channel b", "best single 1×1 layer", "1×1, ReLU, 1×1")
    axes = figure.subplots(1, 4)
    for ax, title, image in zip(axes, titles, (*maps[0], single[0, 0], stacked[0, 0]), strict=True):
        shown = ax.imshow(image.detach().cpu().numpy(), cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
        ax.set_title(title, fontsize=11)
        ax.set_xticks([])
        ax.set_yticks([])
    figure.colorbar(shown, ax=axes, shrink=0.8, label="value", ticks=[0, 0.5, 1])
    return figure
