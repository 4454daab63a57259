"""What a loader gives: the numbers, and where they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Samples ``x`` of shape (N, …) and labels ``y`` of shape (N,), int64. They are shared: never write into them."""

    x: Tensor
    y: Tensor

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pictures:
    """Labelled pictures, split for training and testing; ``x`` is uint8 of shape (N, channels, height, width)."""

    name: str
    source: str
    train: Split
    test: Split
    stand_in: bool = False

    @property
    def sizes(self) -> Mapping[str, int]:
        return {"train": len(self.train), "test": len(self.test)}

    @property
    def sha256(self) -> str:
        return fingerprint(self.train.x, self.train.y, self.test.x, self.test.y)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Measurements:
    """A table of measurements ``x`` (N, features), float64, labels ``y`` (N,), int64, and the names of both axes."""

    name: str
    source: str
    x: Tensor
    y: Tensor
    features: tuple[str, ...]
    classes: tuple[str, ...]
    stand_in: bool = False

    @property
    def sizes(self) -> Mapping[str, int]:
        return {"all": len(self.y)}

    @property
    def sha256(self) -> str:
        return fingerprint(self.x, self.y)


def fingerprint(*tensors: Tensor) -> str:
    """SHA-256 over the tensors' bytes, in order: the same numbers in the same order, wherever they were read from."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def statistics(pictures: Tensor) -> tuple[float, float]:
    """Mean and standard deviation of all pixels, with 0 … 255 read as 0 … 1; take them from the training split."""
    import torch

    # A pixel has 256 values: counted, the sums are over those instead of over tens of millions of floats.
    counts = torch.bincount(pictures.flatten(), minlength=256).double()
    levels = torch.arange(256, dtype=torch.float64) / 255
    mean = (counts @ levels / counts.sum()).item()
    return mean, float((counts @ (levels - mean) ** 2 / counts.sum()).sqrt())


def normalise(pictures: Tensor, mean: float, std: float, dtype: torch.dtype) -> Tensor:
    """uint8 pictures as numbers of ``dtype`` with about zero mean and unit variance: ``(pixel / 255 - mean) / std``."""
    # In place on the fresh copy: no further tensor of a batch's size.
    return pictures.to(dtype).mul_(1 / (255 * std)).sub_(mean / std)
