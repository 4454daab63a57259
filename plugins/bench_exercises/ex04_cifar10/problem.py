"""What every training is given: the pictures, and the sheet's numbers, or smaller ones where there are two minutes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench import Lab, by_profile, limited
from bench.kit.data import cifar10, normalise, statistics
from bench.kit.training import NUMERICS, Examples, Numerics

BATCH, MOMENTUM = 32, 0.9
STRENGTHS = (1e-2, 1e-3)
"""The coefficients λ of both penalties."""
DROPOUT, MAP_DROPOUT = 0.5, 0.15
SIZES: dict[str, Any] = {
    "width": limited(by_profile(smoke=1 / 16, quick=1 / 8, full=1.0), above=0),
    "images": limited(by_profile(smoke=64, quick=256, full=50_000), at_least=2),
    "epochs": limited(by_profile(smoke=1, quick=22, full=20), at_least=1),
    "learning_rate": limited(by_profile(smoke=0.02, quick=0.02, full=0.001), above=0),
    "momentum": limited(MOMENTUM, at_least=0, below=1),
    "batch": limited(BATCH, at_least=1),
    "numerics": limited("fp32", one_of=NUMERICS),
}
"""The parameters of every training: in full the sheet's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """``width`` times the sheet's channels and units, trained on so many ``images``, tested on ``tests``."""

    width: float
    images: int
    tests: int
    epochs: int
    learning_rate: float
    momentum: float
    batch: int
    numerics: Numerics

    @classmethod
    def of(cls, lab: Lab, **size: Any) -> Setting:
        """From the parameters in ``SIZES``."""
        return cls(tests=lab.pick(smoke=40, quick=200, full=10_000), **size)


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
