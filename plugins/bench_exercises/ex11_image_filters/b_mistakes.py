"""11b: the classic slips in a score, each computed for real."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .b_matching import correlation, places, score, sums, variance

Score = Callable[[Tensor, Tensor], Tensor]


def turned(picture: Tensor, template: Tensor) -> Tensor:
    return correlation(picture, template.flip(1, 2))


def one_mean(picture: Tensor, template: Tensor) -> Tensor:
    return correlation(picture, template - template.mean())


def mean_kept(picture: Tensor, template: Tensor) -> Tensor:
    return correlation(picture, template)


def wrapped(picture: Tensor, template: Tensor) -> Tensor:
    """The spectra multiplied without the conjugate: a convolution, which wraps around."""
    size = picture.shape[1:]
    rows, columns = places(picture, template)
    spectra = torch.fft.rfft2(picture) * torch.fft.rfft2(template, s=size)
    return torch.fft.irfft2(spectra.sum(0), s=size)[:rows, :columns]


def without_root(picture: Tensor, template: Tensor) -> Tensor:
    energy = sums(picture.square(), template).sum(0) * template.square().sum()
    return correlation(picture, template) / energy


def window_not_centred(picture: Tensor, template: Tensor) -> Tensor:
    centred = template - template.mean((1, 2), keepdim=True)
    energy = sums(picture.square(), template).sum(0) * centred.square().sum()
    return correlation(picture, centred) / energy.sqrt()


def factor_forgotten(picture: Tensor, template: Tensor) -> Tensor:
    energy = sums(picture.square(), template).sum(0)
    return template.square().sum() - correlation(picture, template) + energy


def by_variances(picture: Tensor, template: Tensor) -> Tensor:
    own = (template - template.mean((1, 2), keepdim=True)).square().sum()
    return score(picture, template, "SQDIFF") / (variance(picture, template) * own).sqrt()


SCORES: dict[str, tuple[str, Score]] = {
    "convolved: the template turned by 180°": ("CCORR", turned),
    "spectra multiplied without the conjugate": ("CCORR", wrapped),
    "one mean for all three channels": ("CCOEFF", one_mean),
    "the mean left in the template": ("CCOEFF", mean_kept),
    "the root of the norm forgotten": ("CCORR_NORMED", without_root),
    "the window's mean left in its norm": ("CCOEFF_NORMED", window_not_centred),
    "Σ T² − Σ TI + Σ I²: the 2 forgotten": ("SQDIFF", factor_forgotten),
    "variances in the norm of SQDIFF": ("SQDIFF_NORMED", by_variances),
}
"""By name, the method that each is a slip in."""
