"""Which input pixel reaches which output pixel: the Jacobian, and what a permutation of the pixels does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import max_error

from . import figures
from .network import conv2d
from .problem import EXACT, Problem

Map = Callable[[Tensor], Tensor]


def jacobian(layer: Map, maps: Tensor) -> Tensor:
    """dZ(i, p) / dH(j, q) of one sample (1, M, Y, X), as a tensor (P, N, P, M) over output and input pixels p, q.

    Raises ``ValueError`` for more than one sample, and for a layer that changes the number of pixels.
    """
    if len(maps) != 1:
        raise ValueError(f"the Jacobian is taken of one sample, not of maps {tuple(maps.shape)}")
    full = torch.autograd.functional.jacobian(layer, maps)
    outputs, inputs = full.shape[1], maps.shape[1]
    pixels = maps.shape[2] * maps.shape[3]
    if full[0, 0, ..., 0, 0, 0, 0].numel() != pixels:
        raise ValueError(f"the layer makes maps of {tuple(full.shape[2:4])} out of {tuple(maps.shape[2:])}")
    return full.reshape(outputs, pixels, inputs, pixels).permute(1, 0, 3, 2)


def off_diagonal(blocks: Tensor) -> Tensor:
    """The blocks with p ≠ q, as (P(P-1), N, M)."""
    other = ~torch.eye(len(blocks), dtype=torch.bool, device=blocks.device)
    return blocks.permute(0, 2, 1, 3)[other]


def diagonal(blocks: Tensor) -> Tensor:
    """The blocks with p = q, as (P, N, M)."""
    return torch.einsum("pipj->pij", blocks)


def permute_pixels(maps: Tensor, order: Tensor) -> Tensor:
    """Pixel ``p`` of the result is pixel ``order[p]`` of ``maps``, in every channel of every sample."""
    return maps.flatten(2)[:, :, order].reshape(maps.shape)


def commutes(layer: Map, maps: Tensor, order: Tensor) -> float:
    """The largest difference between permuting before and permuting after the layer."""
    return max_error(layer(permute_pixels(maps, order)), permute_pixels(layer(maps), order))


def kronecker(weight: Tensor, pixels: int) -> Tensor:
    """I ⊗ W, the layer as one matrix over all pixels, as blocks (P, N, P, M)."""
    outputs, inputs = weight.shape
    identity = torch.eye(pixels, dtype=weight.dtype, device=weight.device)
    return torch.kron(identity, weight.contiguous()).reshape(pixels, outputs, pixels, inputs)


def by_taps(kernel: Tensor, side: int) -> Tensor:
    """What a 3×3 kernel (N, M, 3, 3) with padding 1 must have for blocks (P, N, P, M): the tap at (1 + q - p)."""
    outputs, inputs = kernel.shape[:2]
    blocks = kernel.new_zeros(side, side, outputs, side, side, inputs)
    for y, x, u, v in product(range(side), range(side), range(3), range(3)):
        if 0 <= y + u - 1 < side and 0 <= x + v - 1 < side:
            blocks[y, x, :, y + u - 1, x + v - 1] = kernel[:, :, u, v]
    return blocks.reshape(side * side, outputs, side * side, inputs)


def study(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    problem = Problem.draw(lab, batch=1, inputs=inputs, outputs=outputs, side=side)
    wide = torch.randn(outputs, inputs, 3, 3, generator=lab.generator()).to(problem.maps)
    layers: dict[str, Map] = {
        "kernel 1×1": lambda maps: conv2d(maps, problem.weight, problem.bias),
        "kernel 3×3, padding 1": lambda maps: F.conv2d(maps, wide, problem.bias, padding=1),
    }
    blocks = {name: jacobian(layer, problem.maps) for name, layer in layers.items()}
    one, three = blocks.values()
    at_home = diagonal(one)
    same = max_error(at_home, problem.weight.expand_as(at_home))
    lab.claim("dZ(., p) / dH(., q) for p ≠ q", off_diagonal(one).abs().max(), equals=0)
    lab.claim("dZ(., p) / dH(., p) is the weight W at every p", same, at_most=EXACT)
    whole = max_error(one, kronecker(problem.weight, side * side))
    lab.claim("the Jacobian is the Kronecker product I ⊗ W", whole, at_most=EXACT)
    mixed = off_diagonal(three).flatten(1).any(1).sum()
    # Every pair of pixels that are neighbours, along a row, a column or a diagonal, and in either order.
    lab.claim("control: a 3×3 kernel does mix pixels", mixed, equals=(3 * side - 2) ** 2 - side**2)
    taps = by_taps(wide, side)
    lab.claim("control: its blocks are the kernel's taps", max_error(three, taps), at_most=EXACT)
    order = torch.randperm(side * side, generator=lab.generator()).to(lab.device)
    gaps = [commutes(layer, problem.maps, order) for layer in layers.values()]
    lab.claim("permuting the pixels commutes with the layer", gaps[0], at_most=EXACT)
    moved = (taps[:, :, order.argsort()] - taps[order]).movedim(2, 3).flatten(2)
    said = (moved @ problem.maps[0].flatten()).abs().max()
    lab.claim("control: it does not commute with a 3×3 kernel", gaps[1], at_least=float(said) - EXACT)
    lab.figure(
        "Jacobians",
        figures.jacobians(blocks, side),
        "The derivative of every output number with respect to every input number. On the left only the blocks p = q "
        "are filled, all with the same matrix W; on the right a pixel also answers to its neighbours.",
    )
