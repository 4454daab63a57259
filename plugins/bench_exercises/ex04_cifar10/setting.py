"""How much is trained: the sheet's numbers in full, and less where there is one processor and two minutes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.data import cifar10, normalise, statistics
from bench.kit.training import Examples, Numerics

BATCH, MOMENTUM = 32, 0.9
SIZES: dict[str, Any] = {"width": 0.0, "images": 0, "epochs": 0, "learning_rate": 0.0, "numerics": "fp32"}
"""The parameters of every training; 0 stands for the profile's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """``width`` times the sheet's channels and units, trained on so many ``images``, tested on ``tests``."""

    width: float
    images: int
    tests: int
    epochs: int
    rate: float
    numerics: Numerics

    @classmethod
    def of(
        cls, lab: Lab, *, width: float, images: int, epochs: int, learning_rate: float, numerics: Numerics
    ) -> Setting:
        """What was asked for, with the profile's numbers in place of zeros. Raises ``ValueError`` for less than 0."""
        if min(width, images, epochs, learning_rate) < 0:
            raise ValueError(f"{width=}, {images=}, {epochs=}, {learning_rate=}: none is negative, 0 is the profile's")
        return cls(
            width=width or lab.pick(smoke=1 / 16, quick=1 / 8, full=1.0),
            images=images or lab.pick(smoke=64, quick=512, full=50_000),
            tests=lab.pick(smoke=40, quick=250, full=10_000),
            epochs=epochs or lab.pick(smoke=1, quick=10, full=20),
            rate=learning_rate or lab.pick(smoke=0.02, quick=0.02, full=0.001),
            numerics=numerics,
        )


@dataclass(frozen=True, slots=True)
class Photos:
    """The pictures on the device, under the name that every title gives them."""

    name: str
    train: Examples
    test: Examples


def load(lab: Lab, setting: Setting) -> Photos:
    """The first pictures of each split, as many as the setting takes, or all."""
    pictures = lab.uses(cifar10(lab.data))
    train, test = pictures.train, pictures.test
    x = train.x[: setting.images]
    prepare = partial(numbers, statistics(x), torch.float32)
    return Photos(
        pictures.name,
        Examples(x.to(lab.device), train.y[: setting.images].to(lab.device), prepare),
        Examples(test.x[: setting.tests].to(lab.device), test.y[: setting.tests].to(lab.device), prepare),
    )


def numbers(moments: tuple[float, float], dtype: torch.dtype, pixels: Tensor) -> Tensor:
    """Pixels as the network takes them: mean 0 and variance 1 over the training set, channels last in memory."""
    return normalise(pixels, *moments, dtype).contiguous(memory_format=torch.channels_last)
