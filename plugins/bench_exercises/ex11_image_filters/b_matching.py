"""11b by hand: the six scores of ``cv2.matchTemplate``.

A picture I is (C, H, W), a template T (C, h, w); a score is (H − h + 1, W − w + 1), one number for every place of the
template's upper left corner. Sums Σ run over the h × w pixels of the template and over the channels.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

METHODS = ("CCORR", "CCORR_NORMED", "CCOEFF", "CCOEFF_NORMED", "SQDIFF", "SQDIFF_NORMED")
NORMED = tuple(method for method in METHODS if method.endswith("_NORMED"))
FLAT = 1e-9
"""A patch whose energy is this small a part of its picture's energy has none: the quotient is 0 / 0 up to rounding."""


def score(picture: Tensor, template: Tensor, method: str) -> Tensor:
    """One of ``METHODS``. Raises ``ValueError`` where the template does not fit into the picture."""
    fits(picture, template)
    if method.startswith("CCOEFF"):
        centred = template - template.mean((1, 2), keepdim=True)
        raw, energy, own = correlation(picture, centred), variance(picture, template), centred.square().sum()
    else:
        raw, energy = correlation(picture, template), sums(picture.square(), template).sum(0)
        own = template.square().sum()
    if method.startswith("SQDIFF"):
        raw = (own - 2 * raw + energy).clamp_min(0)
    return quotient(raw, energy, own, method) if method in NORMED else raw


def quotient(raw: Tensor, energy: Tensor, own: Tensor, method: str) -> Tensor:
    """raw / √(energy · own). Where that is 0 / 0, nothing correlates: 0, and the worst squared difference, 1.

    OpenCV also cuts SQDIFF_NORMED off at 1, though it can be as large as it likes. (For a template without any
    contrast, OpenCV answers 1 everywhere; here the answer is 0.)
    """
    missing = 1.0 if method.startswith("SQDIFF") else 0.0
    flat = (energy <= FLAT * energy.max()) | (own <= 0)
    value = raw / (energy * own).clamp_min(torch.finfo(raw.dtype).tiny).sqrt()
    return torch.where(flat, missing, value).clamp(-1, 1)


def correlation(picture: Tensor, template: Tensor) -> Tensor:
    """Σ T(v, u) I(y + v, x + u) at every place: a product of two spectra. No place wraps around its border."""
    size = picture.shape[1:]
    spectra = torch.fft.rfft2(picture) * torch.fft.rfft2(template, s=size).conj()
    rows, columns = places(picture, template)
    return torch.fft.irfft2(spectra.sum(0), s=size)[:rows, :columns]


def correlation_directly(picture: Tensor, template: Tensor) -> Tensor:
    """The same by a convolution layer, which correlates."""
    return F.conv2d(picture[None], template[None])[0, 0]


def sums(values: Tensor, template: Tensor) -> Tensor:
    """Σ over every window, each channel by itself: four entries of the table of all sums from the corner."""
    height, width = template.shape[1:]
    table = F.pad(values.cumsum(1).cumsum(2), (1, 0, 1, 0))
    return (
        table[:, height:, width:]
        - table[:, :-height, width:]
        - table[:, height:, :-width]
        + table[:, :-height, :-width]
    )


def variance(picture: Tensor, template: Tensor) -> Tensor:
    """Σ (I − its mean in the window)², summed over the channels: Σ I² − (Σ I)² / n."""
    pixels = template[0].numel()
    return (sums(picture.square(), template) - sums(picture, template).square() / pixels).sum(0).clamp_min(0)


def places(picture: Tensor, template: Tensor) -> tuple[int, int]:
    (H, W), (h, w) = picture.shape[1:], template.shape[1:]
    return H - h + 1, W - w + 1


def fits(picture: Tensor, template: Tensor) -> None:
    if min(places(picture, template)) < 1 or len(picture) != len(template):
        raise ValueError(
            f"a template {tuple(template.shape)} does not fit into a picture {tuple(picture.shape)}: it must have as "
            "many channels, and be no taller and no wider"
        )


def best(scores: Tensor, method: str) -> tuple[int, int]:
    """The place (y, x) of the best match: the least squared difference, or the largest correlation."""
    flat = scores.argmin() if method.startswith("SQDIFF") else scores.argmax()
    y, x = divmod(int(flat), scores.shape[1])
    return y, x
