"""A declaration as modules of PyTorch: layer by layer, and as a network that can run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import count
from math import prod

import torch
from torch import nn

from .by_hand import Convolution, FullyConnected, Layer, Pooling, Shape, trace

TWO_GROUPS = (1, 3, 4)
"""The convolutions, from 0, of which each half saw only the maps on its own GPU (Krizhevsky et al. 2012, figure 2)."""


def module(layer: Layer, before: Shape) -> nn.Module:
    """One layer as a module that takes a batch of ``before``; made on the default device of the moment."""
    match layer:
        case Convolution():
            return nn.Conv2d(
                before[0],
                layer.channels,
                layer.kernel,
                layer.stride,
                padding=layer.padding,
                groups=layer.groups,
                bias=layer.bias,
            )
        case Pooling(kernel, stride, padding, of):
            return (nn.MaxPool2d if of == "max" else nn.AvgPool2d)(kernel, stride, padding)
        case FullyConnected(features, bias):
            linear = nn.Linear(prod(before), features, bias=bias)
            return linear if len(before) == 1 else nn.Sequential(nn.Flatten(), linear)


def empty(layer: Layer, before: Shape, device: torch.device) -> nn.Module:
    """A module without numbers of its own yet."""
    with torch.device("meta"):
        made = module(layer, before)
    return made if device.type == "meta" else made.to_empty(device=device)


def on_two_gpus(layers: Iterable[Layer]) -> list[Layer]:
    """AlexNet as it was trained: three of its convolutions in two groups."""
    convolutions = count()
    return [
        replace(layer, groups=2) if isinstance(layer, Convolution) and next(convolutions) in TWO_GROUPS else layer
        for layer in layers
    ]


def narrowed(layers: Iterable[Layer], by: int) -> list[Layer]:
    """The same network with every width but the last divided by ``by``. ``ValueError`` where that is not whole."""
    *hidden, last = layers
    return [*(_narrow(layer, by) for layer in hidden), last]


def _narrow(layer: Layer, by: int) -> Layer:
    if isinstance(layer, Pooling):
        return layer
    width = layer.channels if isinstance(layer, Convolution) else layer.features
    if by < 1 or width % by:
        raise ValueError(f"{layer} can not be made {by} times narrower: {width} does not divide by {by}")
    if isinstance(layer, Convolution):
        return replace(layer, channels=width // by)
    return replace(layer, features=width // by)


def modules(layers: Iterable[Layer], before: Shape, stream: torch.Generator) -> list[nn.Module]:
    """All layers with numbers drawn in float32 on the CPU: weights of variance 2/fan-in (He et al. 2015), biases of
    standard deviation 0.1. No gradients are asked for."""
    made = [empty(line.layer, line.before, torch.device("cpu")).requires_grad_(False) for line in trace(layers, before)]
    for one in made:
        for parameter in one.parameters():
            spread = 0.1 if parameter.ndim == 1 else (2 / prod(parameter.shape[1:])) ** 0.5
            parameter.normal_(0.0, spread, generator=stream)
    return made


def in_channels_last(made: Iterable[nn.Module]) -> list[nn.Module]:
    """Convolutions copied with their kernels in channels last; the other modules are shared."""
    return [deepcopy(one).to(memory_format=torch.channels_last) if isinstance(one, nn.Conv2d) else one for one in made]


def compose(made: Sequence[nn.Module], *, pool_first: bool = False, in_place: bool = False) -> nn.Sequential:
    """The network: ReLU after every layer with weights but the last.

    ``pool_first`` puts a pooling before the ReLU that it would follow, as max(relu(z)) = relu(max(z)) allows.
    ``in_place`` lets every ReLU overwrite its input.
    """
    return nn.Sequential(*_with_activations(made, pool_first, in_place))


def _with_activations(made: Sequence[nn.Module], pool_first: bool, in_place: bool) -> Iterator[nn.Module]:
    waiting: list[nn.Module] = []
    for one in made:
        if isinstance(one, nn.MaxPool2d):
            yield from [one, *waiting] if pool_first else [*waiting, one]
            waiting = []
        else:
            yield from [*waiting, one]
            waiting = [nn.ReLU(in_place)]
