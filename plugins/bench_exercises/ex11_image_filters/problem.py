"""What every part is given: the nine kernels of the sheet, Pic1, Pic2, and what can happen to a template before it is
looked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from bench import Lab
from bench.kit.data import photo, photo_at

from .reference import array, opencv, tensor

NINE: dict[str, tuple[tuple[int, int, int], ...]] = {
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "laplacian": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    "outline": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "bottom sobel": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "right sobel": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "top sobel": ((1, 2, 1), (0, 0, 0), (-1, -2, -1)),
    "difference": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "weighted average": ((1, 1, 1), (1, 8, 1), (1, 1, 1)),
}
"""In the sheet's order: the first is kernel 1."""
LUMINANCE = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in ITU-R BT.601's luma, which ``cv2.COLOR_BGR2GRAY`` uses."""


def nine(like: Tensor) -> dict[str, Tensor]:
    return {name: like.new_tensor(rows) for name, rows in NINE.items()}


def delta(like: Tensor) -> Tensor:
    """The kernel that changes nothing."""
    return like.new_tensor(((0, 0, 0), (0, 1, 0), (0, 0, 0)))


@dataclass(frozen=True, slots=True)
class Scene:
    """Pic1 and Pic2, float (3, H, W) and (3, h, w) with whole levels 0 … 255 in RGB; ``place`` is Pic2's upper left
    corner (y, x) in Pic1, where it is known."""

    picture: Tensor
    template: Tensor
    place: tuple[int, int] | None

    @property
    def truth(self) -> tuple[int, int]:
        """``place``, of a scene that knows it."""
        assert self.place is not None
        return self.place


def first_picture(lab: Lab, pic1: str) -> Tensor:
    """Pic1, (3, H, W) in RGB: the file, or scikit-learn's flower; made smaller for the shorter profiles."""
    return shrink(original(lab, pic1, "pic1"), factor(lab, original(lab, pic1, "pic1")))


def scene(lab: Lab, pic1: str, pic2: str) -> Scene:
    """Pic1 with Pic2, at one scale. Without a file, Pic2 is the eye of the flower, cut out of Pic1.

    Raises ``ValueError`` unless Pic2 is smaller than Pic1.
    """
    whole = original(lab, pic1, "pic1")
    scale = factor(lab, whole)
    picture = shrink(whole, scale)
    if not pic2:
        place, side = middle(picture)
        return Scene(picture, cut(picture, place, side), place)
    template = original(lab, pic2, "pic2")
    (H, W), (h, w) = whole.shape[1:], template.shape[1:]
    if h > H or w > W or (h, w) == (H, W):
        raise ValueError(f"pic2 is {w} × {h} pixels and pic1 {W} × {H}: a template must be smaller than its picture")
    return Scene(picture, shrink(template, scale), None)


def original(lab: Lab, path: str, name: str) -> Tensor:
    found = lab.uses(photo_at(Path(path).expanduser(), name) if path else photo("flower"))
    return found.pixels.movedim(-1, 0).to(lab.device, lab.dtype)


def factor(lab: Lab, picture: Tensor) -> float:
    longest = lab.pick(smoke=200, quick=480, full=max(picture.shape))
    return min(1.0, longest / max(picture.shape))


def shrink(picture: Tensor, scale: float) -> Tensor:
    """Averages over areas, so that nothing aliases; whole levels again."""
    if scale == 1:
        return picture
    cv2 = opencv()
    size = [max(1, round(scale * n)) for n in picture.shape[:0:-1]]
    return tensor(cv2.resize(array(picture), size, interpolation=cv2.INTER_AREA), picture).round()


def grey(picture: Tensor) -> Tensor:
    """(3, H, W) in RGB as (H, W): ``cv2.cvtColor`` on the 8-bit picture."""
    cv2 = opencv()
    return tensor(cv2.cvtColor(array(picture.to(torch.uint8)), cv2.COLOR_BGR2GRAY), picture)


def luma(picture: Tensor) -> Tensor:
    """The same by hand, not rounded: 0.299 R + 0.587 G + 0.114 B."""
    return torch.einsum("c,chw->hw", picture.new_tensor(LUMINANCE), picture)


def middle(picture: Tensor) -> tuple[tuple[int, int], int]:
    """Where Pic2 is cut out when none is given: upper left corner (y, x) and side. On the flower it is the eye."""
    height, width = picture.shape[1:]
    side = max(3, round(0.22 * min(height, width)))
    return (round(0.39 * height), round(0.43 * width)), side


def cut(picture: Tensor, place: tuple[int, int], side: int) -> Tensor:
    y, x = place
    return picture[:, y : y + side, x : x + side].clone()


Calls = dict[str, Callable[[], Tensor]]
"""The variants of a comparison by name."""
Change = Callable[[Tensor, tuple[int, int], int], Tensor]


def turned(degrees: float, zoom: float = 1.0) -> Change:
    """The patch as it looks when the picture is turned about the patch's centre, or seen from nearer (``zoom`` > 1)."""

    def change(picture: Tensor, place: tuple[int, int], side: int) -> Tensor:
        cv2 = opencv()
        centre = (place[1] + (side - 1) / 2, place[0] + (side - 1) / 2)
        matrix = cv2.getRotationMatrix2D(centre, degrees, zoom)
        height, width = picture.shape[1:]
        moved = cv2.warpAffine(array(picture), matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
        return cut(tensor(moved, picture), place, side)

    return change


def toned(gain: float, lift: float = 0.0) -> Change:
    """gain · level + lift, cut off at 0 and 255 as a camera would."""
    return lambda picture, place, side: (gain * cut(picture, place, side) + lift).round().clamp(0, 255)


CHANGES: dict[str, Change] = {
    "as it is": cut,
    "brighter by 60": toned(1, 60),
    "half as bright": toned(0.5),
    "turned by 10°": turned(10),
    "turned by 45°": turned(45),
    "1.5 times as large": turned(0, 1.5),
}


def noisy(lab: Lab, image: Tensor) -> Tensor:
    noise = torch.randn(image.shape, generator=lab.generator()).to(image)
    return (image + 15 * noise).round().clamp(0, 255)


def drawn(lab: Lab, *shape: int) -> Tensor:
    """A random picture of levels 0 … 1, for what is timed."""
    return torch.rand(shape, generator=lab.generator()).to(lab.device, lab.dtype)
