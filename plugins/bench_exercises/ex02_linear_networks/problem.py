"""The problem: n samples of d inputs and m outputs, fitted by least squares."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from bench import Lab


@dataclass(frozen=True, slots=True)
class Task:
    """Inputs ``x`` (..., n, d) and targets ``y`` (..., n, m). Raises ``ValueError`` where these do not fit."""

    x: Tensor
    y: Tensor

    def __post_init__(self) -> None:
        if min(self.x.ndim, self.y.ndim) < 2 or self.x.shape[:-1] != self.y.shape[:-1]:
            raise ValueError(
                f"inputs {tuple(self.x.shape)} and targets {tuple(self.y.shape)} do not fit: "
                "they must be (..., n, d) and (..., n, m)"
            )

    @property
    def sizes(self) -> tuple[int, int, int]:
        """n, d and m."""
        return self.x.shape[-2], self.x.shape[-1], self.y.shape[-1]

    def error(self, weight: Tensor) -> Tensor:
        """The sum of squared errors |XW - Y|^2 of a map ``weight`` (..., d, m)."""
        return (self.x @ weight - self.y).square().sum(dim=(-2, -1))

    def centred(self) -> Task:
        """Each column without its mean: what is left to fit once every layer has a bias."""
        return Task(self.x - self.x.mean(dim=-2, keepdim=True), self.y - self.y.mean(dim=-2, keepdim=True))


def draw(
    lab: Lab, n: int, d: int, m: int, *, rank: int | None = None, noise: float = 1.0, many: int | None = None
) -> tuple[Task, Tensor]:
    """A task Y = XT + noise with standard normal inputs, and its true map T (d, m), of this rank; ``many`` at once.

    T has entries of variance about 1 / d, so that the signal of one output has variance about 1.
    """
    rank = min(d, m) if rank is None else rank
    if min(n, d, m, rank) < 1 or noise < 0 or (many is not None and many < 1):
        raise ValueError(f"n={n}, d={d}, m={m}, rank={rank}, noise={noise}: sizes from 1 up, noise not negative")
    stream, batch = lab.generator(), () if many is None else (many,)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*batch, *shape, generator=stream).to(lab.device, lab.dtype)

    x, true = normal(n, d), normal(d, rank) @ normal(rank, m) / (d * rank) ** 0.5
    return Task(x, x @ true + noise * normal(n, m)), true
