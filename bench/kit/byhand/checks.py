"""What a layer asks of its inputs; every refusal names the shapes it saw."""

from collections.abc import Sequence

from torch import Tensor

Size = int | tuple[int, ...]
"""One number for every spatial axis, or one number per axis."""


def require(fact: bool, message: str) -> None:
    if not fact:
        raise ValueError(message)


def shape_of(tensor: Tensor) -> str:
    """The shape as one writes it: ``(2, 3)``."""
    return str(tuple(tensor.shape))


def require_shape(name: str, tensor: Tensor, expected: Sequence[int]) -> None:
    """Refuse what broadcasting would silently accept."""
    require(
        tuple(tensor.shape) == tuple(expected),
        f"{name} has the shape {shape_of(tensor)}, expected {tuple(expected)}",
    )


def per_axis(name: str, size: Size, axes: int, *, at_least: int) -> tuple[int, ...]:
    """``size`` for each of ``axes`` axes, none of them below ``at_least``."""
    sizes = (size,) * axes if isinstance(size, int) else tuple(size)
    require(len(sizes) == axes, f"{name}={size} has {len(sizes)} values for {axes} spatial axes")
    require(min(sizes) >= at_least, f"{name}={size} must be at least {at_least} on every axis")
    return sizes
