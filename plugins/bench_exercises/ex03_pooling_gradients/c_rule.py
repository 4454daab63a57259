"""3c: the general rule of both pools, checked at many shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit import byhand as kit
from bench.kit.compare import largest, relative_error

from .by_hand import convolve, shares, to_filter, to_places
from .problem import POOLS, Filter, full_precision
from .reference import POOLINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One layer: images, channels, length, kernel, stride, and whether values are whole numbers (so that many tie)."""

    images: int
    channels: int
    length: int
    kernel: int
    stride: int
    whole: bool

    def draw(self, generator: torch.Generator) -> Tensor:
        """x (images, channels, length): normal, or whole numbers from -2 to 2."""
        size = self.images, self.channels, self.length
        if self.whole:
            return torch.randint(-2, 3, size, generator=generator).double()
        return torch.randn(size, generator=generator).double()


def shapes(count: int, generator: torch.Generator) -> Iterator[Shape]:
    """Strides below, at and above the kernel; lengths that leave a remainder; every second one full of ties."""
    for number in range(count):
        kernel, stride, extra, images, channels = (
            int(torch.randint(1, most + 1, (), generator=generator)) for most in (5, 6, 12, 3, 3)
        )
        yield Shape(
            images=images,
            channels=channels,
            length=kernel + extra - 1,
            kernel=kernel,
            stride=stride,
            whole=number % 2 == 1,
        )


def study(lab: Lab) -> None:
    count = lab.pick(smoke=60, quick=200, full=1000)
    claim_pools(lab, count)
    claim_padded(lab)
    claim_box(lab)
    claim_whole_layer(lab, count // 2)


def by_shares(x: Tensor, dout: Tensor, shape: Shape, pool: str) -> tuple[Tensor, Tensor]:
    """out = S x and dx = S^T dout, through the matrix of shares."""
    rows = x.flatten(0, 1)
    taken = shares(rows, pool, shape.kernel, shape.stride)
    out = (taken @ rows[:, :, None])[:, :, 0]
    dx = (taken.mT @ dout.flatten(0, 1)[:, :, None])[:, :, 0]
    return out.view(*x.shape[:2], -1), dx.view_as(x)


def by_kit(x: Tensor, dout: Tensor, shape: Shape, pool: str) -> tuple[Tensor, Tensor]:
    """The kit's pool, which keeps indices instead of a matrix."""
    layer, back = KIT[pool]
    out, saved = layer(x, shape.kernel, stride=shape.stride)
    return out, back(dout, saved)[0]


def by_autograd(x: Tensor, dout: Tensor, shape: Shape, pool: str) -> tuple[Tensor, Tensor]:
    leaf = x.clone().requires_grad_()
    out = POOLINGS[pool](leaf, shape.kernel, stride=shape.stride)
    return out.detach(), torch.autograd.grad(out, leaf, dout)[0]


KIT: dict[str, tuple[Callable[..., Any], Callable[..., tuple[Tensor]]]] = {
    "average": (kit.avg_pool1d, kit.avg_pool1d_backward),
    "max": (kit.max_pool1d, kit.max_pool1d_backward),
}


def claim_pools(lab: Lab, count: int) -> None:
    """Both forms of both pools against autograd, and what both conserve."""
    gaps: dict[tuple[str, str], list[float]] = {(pool, way): [] for pool in POOLS for way in ("shares", "kit")}
    leaks: dict[str, list[float]] = {pool: [] for pool in POOLS}
    generator = lab.generator()
    for shape in shapes(count, generator):
        x = shape.draw(generator).to(lab.device)
        for pool in POOLS:
            out = POOLINGS[pool](x, shape.kernel, stride=shape.stride)
            dout = torch.randn(out.shape, generator=generator).to(x)
            truth = by_autograd(x, dout, shape, pool)
            for way, function in (("shares", by_shares), ("kit", by_kit)):
                found = function(x, dout, shape, pool)
                gaps[pool, way].append(relative_error(found, truth))
                leaks[pool].append(float((found[1].sum() - dout.sum()).abs()))
    lab.metric("shapes of 3c, half of them full of ties", count)
    for pool in POOLS:
        lab.claim(f"{pool}: z = S y and dy = Sᵀ dz agree with autograd", largest(gaps[pool, "shares"]), at_most=1e-12)
        lab.claim(f"{pool}: the kit's layer agrees with autograd", largest(gaps[pool, "kit"]), at_most=1e-12)
        lab.claim(f"{pool}: a pool passes on as much gradient as it gets", largest(leaks[pool]), at_most=1e-12)


def claim_padded(lab: Lab) -> None:
    """With a border, whose zeros an average may count or not, and a maximum of negative numbers must not see."""
    x = -1 - torch.rand(2, 3, 7, 6, generator=lab.generator()).to(lab.device, lab.dtype)
    border: dict[str, Any] = {"stride": 2, "padding": (2, 1)}
    errors = [kit_error(kit.max_pool2d, kit.max_pool2d_backward, F.max_pool2d, x, **border)]
    for counted in (True, False):
        average = (kit.avg_pool2d, kit.avg_pool2d_backward, F.avg_pool2d)
        errors.append(kit_error(*average, x, **border, count_include_pad=counted))
    lab.claim("pools with a border: the kit's layers agree with PyTorch", largest(errors), at_most=1e-12)


def kit_error(
    layer: Callable[..., Any], back: Callable[..., Any], torchs: Callable[..., Tensor], x: Tensor, **keys: Any
) -> float:
    """Output and gradient of a layer over windows of 4 × 3, for a derivative that differs from place to place."""
    leaf = x.clone().requires_grad_()
    expected = torchs(leaf, (4, 3), **keys)
    dy = torch.arange(expected.numel()).to(x).view_as(expected)
    y, saved = layer(x, (4, 3), **keys)
    return relative_error([y, *back(dy, saved)], [expected.detach(), *torch.autograd.grad(expected, leaf, dy)])


def claim_box(lab: Lab) -> None:
    """At stride 1 the way back through an average is a full correlation with the box 1/k."""
    dout = torch.randn(3, 1, 7, generator=lab.generator()).to(lab.device, lab.dtype)
    kernel = 4
    box = dout.new_full((1, 1, kernel), 1 / kernel)
    padded = F.conv1d(F.pad(dout, (kernel - 1, kernel - 1)), box)
    _, dx = by_autograd(
        dout.new_zeros(3, 1, 10),
        dout,
        Shape(images=3, channels=1, length=10, kernel=kernel, stride=1, whole=False),
        "average",
    )
    lab.claim(
        "average, stride 1: backward = full correlation with the box 1/k", relative_error(padded, dx), at_most=1e-12
    )


def claim_whole_layer(lab: Lab, count: int) -> None:
    """Convolution, then pool, then any loss: the outputs, and the gradient of the filter, at random shapes."""
    generator = lab.generator()
    errors = [
        layer_errors(*posed(shape, generator, lab.device), shape, pool)
        for shape in shapes(count, generator)
        for pool in POOLS
    ]
    outputs, gradients = zip(*errors, strict=True)
    lab.claim("convolution and pool: y and z agree with PyTorch", largest(outputs), at_most=1e-12)
    lab.claim("convolution and pool: dW = Σ dy·x and db = Σ dy agree with autograd", largest(gradients), at_most=1e-12)


def posed(shape: Shape, generator: torch.Generator, device: torch.device) -> tuple[Tensor, Filter]:
    """Two images that a filter of kernel 3 brings to the length of the shape; both whole numbers, if it has them."""
    x = replace(shape, images=2, length=shape.length + 2).draw(generator).to(device)
    weight = replace(shape, images=1, length=3).draw(generator)[0].to(device)
    return x, Filter(weight, torch.randn(1, generator=generator).to(x))


def layer_errors(x: Tensor, f: Filter, shape: Shape, pool: str) -> tuple[float, float]:
    """Relative errors by hand, of y and z, and of dW and db for the loss (sum of z^3) / 3, whose dz is z^2."""
    weight, bias = f.weight.clone().requires_grad_(), f.bias.clone().requires_grad_()
    with full_precision():
        y_torch = F.conv1d(x, weight[None], bias)
        z_torch = POOLINGS[pool](y_torch, shape.kernel, stride=shape.stride)
        truth = torch.autograd.grad((z_torch**3).sum() / 3, (weight, bias))
    y = convolve(x, f)
    taken = shares(y, pool, shape.kernel, shape.stride)
    z = (taken @ y[:, :, None])[:, :, 0]
    dy = to_places(taken, z**2)
    return (
        relative_error((y, z), (y_torch[:, 0], z_torch[:, 0])),
        relative_error((to_filter(dy, x), dy.sum().view(1)), truth),
    )
