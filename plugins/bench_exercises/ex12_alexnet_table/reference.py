"""What PyTorch itself says of a layer: its shapes, parameters and multiplications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .by_hand import Layer, Shape
from .network import empty


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


def covering(size: int, kernel: int, stride: int, padding: int) -> Tensor:
    """How many windows see each place of a padded axis, int64 (size + 2·padding): autograd sends each place a 1 from
    every window of a kernel of ones that holds it."""
    axis = torch.zeros(1, 1, size + 2 * padding, dtype=torch.float64, requires_grad=True)
    windows = nn.functional.conv1d(axis, axis.new_ones(1, 1, kernel), stride=stride)
    return torch.autograd.grad(windows.sum(), axis)[0].flatten().long()
