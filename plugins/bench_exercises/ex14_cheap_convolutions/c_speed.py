"""A training step of the rank-1 layer, prepared to be timed."""

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab

from . import by_hand
from .by_hand import Factors
from .problem import LK, PADDING, Calls, images, normal


def variants(lab: Lab, channels: int) -> Calls:
    """Forward and backward of the rank-1 layer: Z and the derivatives of H, a, b, c, d and B."""
    shape = images(lab, channels, quick=2**17)
    H, Δ, B, *vectors = normal(lab, [shape, shape, (channels,), (channels,), (channels,), *((m,) for m in LK)])
    factors = Factors(vectors[0], vectors[1] / channels**0.5, vectors[2], vectors[3])
    leaves = [value.clone().requires_grad_() for value in (H, *factors, B)]

    def named(Z: Tensor, gradients: tuple[Tensor, ...]) -> dict[str, Tensor]:
        return {"Z": Z.detach()} | dict(zip(("dH", "da", "db", "dc", "dd", "dB"), gradients, strict=True))

    def through_the_kernel() -> dict[str, Tensor]:
        H, *four, B = leaves
        Z = F.conv2d(H, by_hand.kernel(Factors(*four)), B, padding=PADDING)
        return named(Z, torch.autograd.grad(Z, leaves, Δ))

    def through_the_steps() -> dict[str, Tensor]:
        H, *four, B = leaves
        Z, _ = by_hand.forward(H, Factors(*four), B, padding=PADDING)
        return named(Z, torch.autograd.grad(Z, leaves, Δ))

    def written_out() -> dict[str, Tensor]:
        Z, saved = by_hand.forward(H, factors, B, padding=PADDING)
        return named(Z, by_hand.backward(Δ, saved))

    return {
        "conv2d of the built kernel, autograd": through_the_kernel,
        "rank-1 steps, autograd": through_the_steps,
        "rank-1 steps, by hand": written_out,
    }
