"""The same declaration as modules of PyTorch: what the calculator is held against, and what is timed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import count
from math import prod

import torch
from torch import Tensor, nn

from .calculator import Convolution, FullyConnected, Layer, MaxPooling, Shape, trace

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
        case MaxPooling(kernel, stride, padding):
            return nn.MaxPool2d(kernel, stride, padding)
        case FullyConnected(features, bias):
            linear = nn.Linear(prod(before), features, bias=bias)
            return linear if len(before) == 1 else nn.Sequential(nn.Flatten(), linear)


@dataclass(frozen=True, slots=True)
class Seen:
    """What PyTorch itself says of one layer, for one sample."""

    before: Shape
    after: Shape
    parameters: int


def measure(layers: Iterable[Layer], before: Shape, device: torch.device) -> list[Seen]:
    """Send one sample through real modules. Their numbers are whatever lies in memory: only shapes are looked at."""
    seen = []
    for one, maps, out in _run(layers, before, device):
        parameters = sum(parameter.numel() for parameter in one.parameters())
        seen.append(Seen(tuple(maps.shape[1:]), tuple(out.shape[1:]), parameters))
    return seen


def multiplications(layers: Iterable[Layer], before: Shape, device: torch.device) -> list[int]:
    """Half of what PyTorch's own counter of floating-point operations reports for each layer."""
    from torch.utils.flop_counter import FlopCounterMode  # late: its first use imports the compiler, seconds of it

    counts = []
    for one, maps, _ in _run(layers, before, device):
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            one(maps)
        counts.append(counter.get_total_flops() // 2)
    return counts


def _run(layers: Iterable[Layer], before: Shape, device: torch.device) -> Iterator[tuple[nn.Module, Tensor, Tensor]]:
    """Each module with its input and its output, one after another, none kept."""
    maps = torch.zeros((1, *before), device=device)
    for layer in layers:
        one = empty(layer, tuple(maps.shape[1:]), device)
        with torch.no_grad():
            out = one(maps)
        yield one, maps, out
        maps = out


def empty(layer: Layer, before: Shape, device: torch.device) -> nn.Module:
    """A module without numbers of its own yet."""
    with torch.device("meta"):
        made = module(layer, before)
    return made if device.type == "meta" else made.to_empty(device=device)


def fits(layer: Layer, before: Shape, shape: Shape) -> bool:
    """Whether PyTorch makes ``shape`` out of ``before``: an error of PyTorch is a no. Nothing is computed."""
    try:
        return measure([layer], before, torch.device("meta"))[0].after == shape
    except RuntimeError:
        return False


def biases(layer: Layer, before: Shape) -> int:
    """How many biases PyTorch gives to a layer."""
    named = empty(layer, before, torch.device("meta")).named_parameters()
    return sum(parameter.numel() for name, parameter in named if name.endswith("bias"))


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
    if isinstance(layer, MaxPooling):
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
