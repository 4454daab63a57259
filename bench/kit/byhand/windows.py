"""Sliding windows: where a kernel looks, and the adjoint that adds windows back together.

Shapes: ``x`` is (N, C, *S) with any number of spatial axes S; a kernel K slides to the positions Y. Output position
``o`` and kernel tap ``k`` meet input position ``o * stride + k * dilation - padding`` on every axis, so that

    |Y| = floor((|S| + 2 padding - dilation (|K| - 1) - 1) / stride) + 1

(Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", relationship 6 and section 5.1).

``columns`` is a linear map of x, and ``overlap_add`` is its transpose:
``<columns(x), c> = <x, overlap_add(c)>``. Convolution, its transpose and all their gradients are made of these two and
of matrix products (the "im2col" of Chellapilla, Puri & Simard 2006).
"""

from itertools import product
from math import prod
from typing import NamedTuple

import torch
from torch import Tensor

from bench.kit.byhand.checks import Size, per_axis, require


class Window(NamedTuple):
    """How a kernel slides: one number per spatial axis in each field."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]

    @property
    def reach(self) -> tuple[int, ...]:
        """How much of the input one kernel spans: dilation (|K| - 1) + 1."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    def padded(self, spatial: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(s + 2 * p for s, p in zip(spatial, self.padding, strict=True))

    def positions(self, spatial: tuple[int, ...]) -> tuple[int, ...]:
        """|Y| for an input of the size ``spatial``; ``ValueError`` where the kernel does not fit in once."""
        padded = self.padded(spatial)
        require(
            all(r <= s for r, s in zip(self.reach, padded, strict=True)),
            f"the kernel {self.kernel} with dilation {self.dilation} spans {self.reach}, longer than the input: "
            f"{spatial} with padding {self.padding} is {padded}",
        )
        return tuple((s - r) // step + 1 for s, r, step in zip(padded, self.reach, self.stride, strict=True))


def window(kernel: tuple[int, ...], stride: Size, padding: Size, dilation: Size = 1) -> Window:
    """A ``Window`` over as many axes as the kernel has."""
    axes = len(kernel)
    return Window(
        per_axis("kernel", kernel, axes, at_least=1),
        per_axis("stride", stride, axes, at_least=1),
        per_axis("padding", padding, axes, at_least=0),
        per_axis("dilation", dilation, axes, at_least=1),
    )


def pad(x: Tensor, w: Window, value: float = 0.0) -> Tensor:
    """Surround every image with ``value``: (N, C, *S) -> (N, C, *(S + 2 padding))."""
    if not any(w.padding):
        return x
    spatial = tuple(x.shape[2:])
    padded = x.new_full((*x.shape[:2], *w.padded(spatial)), value)
    padded[interior(w, spatial)] = x
    return padded


def interior(w: Window, spatial: tuple[int, ...]) -> tuple[slice, ...]:
    """Where the input lies inside the padded input."""
    return (slice(None), slice(None), *(slice(p, p + s) for p, s in zip(w.padding, spatial, strict=True)))


def windows(padded: Tensor, w: Window) -> Tensor:
    """Every window of a padded input as a view, nothing copied: (N, C, *(S + 2 padding)) -> (N, C, *Y, *K)."""
    view = padded
    for axis, (reach, stride, dilation) in enumerate(zip(w.reach, w.stride, w.dilation, strict=True), start=2):
        # The whole span, then every dilation-th of it: unfold itself knows no dilation.
        view = view.unfold(axis, reach, stride)[..., ::dilation]
    return view


def columns(x: Tensor, w: Window, groups: int, places: tuple[int, ...] | None = None) -> Tensor:
    """One column per position, holding all that the kernel sees there: (N, C, *S) -> (G, C/G |K|, N |Y|).

    ``places`` keeps the first positions of each axis only.
    """
    axes = len(w.kernel)
    places = places or w.positions(tuple(x.shape[2:]))
    views = windows(pad(x, w), w)[(slice(None), slice(None), *map(slice, places))]
    by_tap = views.permute(1, *range(2 + axes, 2 + 2 * axes), 0, *range(2, 2 + axes))
    return by_tap.reshape(groups, x.shape[1] // groups * prod(w.kernel), x.shape[0] * prod(places))


def overlap_add(taps: Tensor, w: Window, spatial: tuple[int, ...]) -> Tensor:
    """The transpose of ``columns``: what the windows share is added up, (C, *K, N, *Y) -> (N, C, *S)."""
    axes = len(w.kernel)
    channels, images, places = taps.shape[0], taps.shape[1 + axes], taps.shape[2 + axes :]
    total = torch.zeros((channels, images, *w.padded(spatial)), dtype=taps.dtype, device=taps.device)
    shares = taps.flatten(1, axes).unbind(1)
    for tap, share in zip(product(*map(range, w.kernel)), shares, strict=True):
        # Within one tap no two windows meet, so that nothing is lost in adding them at once; and taps are few.
        total[_touched(tap, w, places)] += share
    return total[interior(w, spatial)].transpose(0, 1).contiguous()


def _touched(tap: tuple[int, ...], w: Window, places: tuple[int, ...]) -> tuple[slice, ...]:
    """The padded input positions that one tap of the kernel meets as it slides."""
    walk = zip(tap, w.dilation, w.stride, places, strict=True)
    return (slice(None), slice(None), *(slice(k * d, k * d + (y - 1) * s + 1, s) for k, d, s, y in walk))


def by_channel(x: Tensor, groups: int) -> Tensor:
    """One row per channel, over all images and positions: (N, C, *S) -> (G, C/G, N |S|)."""
    return x.transpose(0, 1).reshape(groups, x.shape[1] // groups, x.shape[0] * prod(x.shape[2:]))
