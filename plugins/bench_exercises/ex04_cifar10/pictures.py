"""What the network is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from .network import CLASSES
from .setting import Photos

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def contact_sheet(photos: Photos, of_each: int = 10) -> Figure:
    """Ten pictures of each class, or as many as there are."""
    from matplotlib.figure import Figure

    x, y = photos.train.x.cpu(), photos.train.y.cpu()
    figure = Figure(figsize=(7, 7), layout="constrained", facecolor="white")
    axes = figure.subplots()
    sheet = torch.full((3, 34 * CLASSES, 34 * of_each), 255, dtype=torch.uint8)
    for kind in range(CLASSES):
        for column, one in enumerate(x[y == kind][:of_each]):
            sheet[:, 34 * kind + 1 : 34 * kind + 33, 34 * column + 1 : 34 * column + 33] = one
    axes.imshow(sheet.permute(1, 2, 0).numpy())
    axes.set(xticks=[], yticks=[34 * kind + 17 for kind in range(CLASSES)], yticklabels=list(range(CLASSES)))
    axes.set(ylabel="class", title=photos.name)
    return figure
