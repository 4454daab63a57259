"""4a3: new training pictures out of old ones, by torchvision's transforms on whole batches of bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUP = 4
"""Pictures that share one draw: a transform draws once a call, however many pictures it is given."""
PADDING = 4


class RightAngle:
    """Turns each picture of a batch by 90° with probability ½, so that an epoch sees as many turned as upright ones.

    ``RandomRotation(90)`` would draw an angle between -90° and 90°; the interval from 90 to 90 holds one angle.
    """

    def __init__(self) -> None:
        from torchvision.transforms import v2

        self.turn = v2.RandomRotation((90, 90))

    def __call__(self, x: Tensor) -> Tensor:
        chosen = torch.rand(len(x), device=x.device) < 0.5
        return torch.where(chosen[:, None, None, None], self.turn(x), x)


class Shift:
    """Moves the pictures by up to 4 pixels each way, groups of four alike, and fills up with the mean grey of bytes."""

    def __init__(self) -> None:
        from torchvision.transforms import v2

        self.crop = v2.RandomCrop(32, padding=PADDING, fill=128)

    def __call__(self, x: Tensor) -> Tensor:
        return torch.cat([self.crop(group) for group in x.split(GROUP)])


def picture(x: Tensor) -> Figure:
    """Some training pictures, and what the two ways make of them."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained", facecolor="white")
    rows = {"as it is": x, "90° or not": RightAngle()(x), "shifted": Shift()(x)}
    for line, (name, pictures) in zip(figure.subplots(3, len(x)), rows.items(), strict=True):
        for axes, one in zip(line, pictures.permute(0, 2, 3, 1).cpu().numpy(), strict=True):
            axes.imshow(one)
            axes.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, fontsize=10)
    return figure
