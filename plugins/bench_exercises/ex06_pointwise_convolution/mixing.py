"""Which input pixel reaches which output pixel: the Jacobian, and what a permutation of the pixels does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
    difference = layer(permute_pixels(maps, order)) - permute_pixels(layer(maps), order)
    return float(difference.detach().abs().max())


def picture(blocks: dict[str, Tensor], side: int) -> Figure:
    """Jacobians side by side, each as a matrix of P×P blocks of N×M numbers."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.4, 4.9), layout="constrained", facecolor="white")
    axes = figure.subplots(1, len(blocks))
    top = max(float(block.abs().max()) for block in blocks.values())
    for ax, (title, block) in zip(axes, blocks.items(), strict=True):
        pixels, outputs, _, inputs = block.shape
        matrix = block.reshape(pixels * outputs, pixels * inputs).cpu().numpy()
        image = ax.imshow(matrix, cmap="PuOr", vmin=-top, vmax=top, aspect="auto", interpolation="nearest")
        ax.set_xticks([inputs * (q + 0.5) - 0.5 for q in range(pixels)], range(1, pixels + 1))
        ax.set_yticks([outputs * (p + 0.5) - 0.5 for p in range(pixels)], range(1, pixels + 1))
        for line in range(1, pixels):
            heavy = {"color": "0.15", "lw": 0.9} if line % side == 0 else {"color": "0.75", "lw": 0.4}
            ax.axvline(inputs * line - 0.5, **heavy)
            ax.axhline(outputs * line - 0.5, **heavy)
        ax.set_title(title)
        ax.set_xlabel(f"input pixel q ({inputs} channels each)")
        ax.set_ylabel(f"output pixel p ({outputs} channels each)")
        ax.tick_params(length=0)
    figure.colorbar(image, ax=axes, label="∂Z(i, p) / ∂H(j, q)", shrink=0.9)
    return figure
