"""A small calculator: declare layers, get output shapes, parameters and multiplications. It needs no tensors.

Shapes are those of one sample: (C, H, W) for maps, (F,) for a vector.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

Shape = tuple[int, ...]
Reduction = Literal["max", "average"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution:
    """``channels`` square kernels. In ``groups``, each sees only its share of the input channels."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1
    bias: bool = True


@dataclass(frozen=True, slots=True)
class Pooling:
    """The largest number of each window, or the mean of it."""

    kernel: int
    stride: int
    padding: int = 0
    of: Reduction = "max"


@dataclass(frozen=True, slots=True)
class FullyConnected:
    """Maps that come in are flattened first."""

    features: int
    bias: bool = True


Layer = Convolution | Pooling | FullyConnected


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the calculator finds out about one layer, for one sample."""

    layer: Layer
    before: Shape
    after: Shape
    parameters: int
    multiplications: int


def trace(layers: Iterable[Layer], before: Shape) -> list[Line]:
    """Send a shape through the layers. Raises ``ValueError`` at the first layer that does not fit."""
    lines = []
    for layer in layers:
        lines.append(line(layer, before))
        before = lines[-1].after
    return lines


def line(layer: Layer, before: Shape) -> Line:
    after = shape_after(layer, before)
    return Line(
        layer=layer,
        before=before,
        after=after,
        parameters=parameters(layer, before),
        multiplications=multiplications(layer, before, after),
    )


def shape_after(layer: Layer, before: Shape) -> Shape:
    """The output shape. Raises ``ValueError`` that names the shapes where the layer does not fit its input."""
    if isinstance(layer, FullyConnected):
        return (features_of(layer, before),)
    if len(before) != 3:
        raise ValueError(f"{layer} needs maps (C, H, W), but its input has the shape {before}")
    channels, *sizes = before
    if isinstance(layer, Pooling):
        if 2 * layer.padding > layer.kernel:
            raise ValueError(f"{layer} pads more than half a kernel: some windows would hold no input at all")
    else:
        check_groups(layer, before)
        channels = layer.channels
    return (channels, *(size_after(size, layer.kernel, layer.stride, layer.padding) for size in sizes))


def size_after(size: int, kernel: int, stride: int, padding: int) -> int:
    """How many windows fit along one axis: floor((n + 2p - k) / s) + 1."""
    if kernel < 1 or stride < 1 or padding < 0:
        raise ValueError(f"kernel {kernel} and stride {stride} must be at least 1, padding {padding} at least 0")
    if kernel > size + 2 * padding:
        raise ValueError(f"kernel {kernel} is larger than the input: {size} and {padding} of padding on each side")
    return (size + 2 * padding - kernel) // stride + 1


def features_of(layer: FullyConnected, before: Shape) -> int:
    if layer.features < 1 or prod(before) < 1:
        raise ValueError(f"{layer} and its input of shape {before} need at least one number each")
    return layer.features


def check_groups(layer: Convolution, before: Shape) -> None:
    if layer.groups < 1 or layer.channels < 1 or before[0] % layer.groups or layer.channels % layer.groups:
        raise ValueError(
            f"{before[0]} input channels {before} and {layer.channels} output channels do not split "
            f"into {layer.groups} groups"
        )


def weights(layer: Layer, before: Shape) -> int:
    """k²·(M/groups)·N for a convolution, M·N for a fully connected layer, none for pooling."""
    if isinstance(layer, Convolution):
        return layer.kernel**2 * (before[0] // layer.groups) * layer.channels
    return prod(before) * layer.features if isinstance(layer, FullyConnected) else 0


def biases(layer: Layer) -> int:
    """One per output channel, shared by all positions; one per output of a fully connected layer; none for pooling."""
    if isinstance(layer, Pooling) or not layer.bias:
        return 0
    return layer.channels if isinstance(layer, Convolution) else layer.features


def parameters(layer: Layer, before: Shape) -> int:
    return weights(layer, before) + biases(layer)


def multiplications(layer: Layer, before: Shape, after: Shape) -> int:
    """Each weight is used once per output position: once in all in a fully connected layer."""
    return weights(layer, before) * prod(after[1:])


def total(lines: Sequence[Line]) -> int:
    """All parameters."""
    return sum(line.parameters for line in lines)
