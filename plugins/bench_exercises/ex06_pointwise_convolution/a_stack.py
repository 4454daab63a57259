"""Layers of 1×1 convolutions with an activation between them: a multi-layer perceptron that every pixel shares."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import max_error, relative_error

from .network import conv2d, rows, unrows
from .problem import EXACT


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


def study(lab: Lab, widths: tuple[int, ...], side: int) -> None:
    network = perceptron(widths, lab.generator()).to(lab.device, lab.dtype)
    maps = torch.randn(2, widths[0], side, side, generator=lab.generator()).to(lab.device, lab.dtype)
    convolutions, outputs = as_convolutions(network), network(rows(maps))
    gap = max_error(convolutions(maps), unrows(outputs, maps))
    lab.claim("1×1 layers with ReLU = one MLP applied to every pixel", gap, at_most=EXACT)
    theirs = flat_gradient(network, outputs.square().sum())
    ours = flat_gradient(convolutions, convolutions(maps).square().sum())
    lab.claim("the gradients of all weights = those of the MLP", relative_error(ours, theirs), at_most=EXACT)
    linear = without_activations(network)
    single, several = conv2d(maps, *collapsed(linear)), unrows(linear(rows(maps)), maps)
    lab.claim("without ReLU the stack is one 1×1 layer again", relative_error(single, several), at_most=EXACT)
