"""The network of the sheet: six convolutions in three blocks, three linear layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from bench.kit.training import seeded

CLASSES = 10
PARAMETERS = 5_852_234
BLOCKS = ((32, 64), (128, 128), (256, 256))
LINEAR = (1024, 512)
FLAT = 256 * 4 * 4
"""The number that the sheet leaves open: 32 → 16 → 8 → 4 pixels a side by three poolings, times 256 channels."""


class Net(nn.Module):
    """Pictures (N, 3, 32, 32) to logits (N, 10).

    ``width`` multiplies the number of every layer's units and channels; ``extra`` puts as many more layers 512 → 512,
    each with its ReLU, before the output. ``dropout`` is the rate (of linear layers, of convolutions), and ``on_maps``
    the layer that drops behind convolutions: ``Dropout2d`` or ``Dropout``.
    Raises ``ValueError`` for a width or a number of layers that makes no network.
    """

    def __init__(
        self,
        width: float = 1.0,
        extra: int = 0,
        dropout: tuple[float, float] = (0.0, 0.0),
        on_maps: type[nn.Module] = nn.Dropout2d,
    ) -> None:
        super().__init__()
        if not 0 < width <= 4 or extra < 0:
            raise ValueError(f"a network has a width in (0, 4] and no fewer than 0 extra layers, not {width}, {extra}")
        blocks = [tuple(scaled(channels, width) for channels in block) for block in BLOCKS]
        inputs = [3] + [last for _, last in blocks[:-1]]
        self.features = nn.Sequential(
            *(
                nn.Sequential(*block(coming, first, last), *([on_maps(dropout[1])] if dropout[1] else []))
                for coming, (first, last) in zip(inputs, blocks, strict=True)
            )
        )
        wide, narrow = (scaled(units, width) for units in LINEAR)
        sizes = [blocks[-1][1] * 4 * 4, wide, *[narrow] * (1 + extra)]
        self.head = nn.Sequential(*hidden(sizes, dropout[0]), nn.Linear(narrow, CLASSES))

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(x).flatten(1))
        return logits


def scaled(units: int, width: float) -> int:
    return max(1, round(units * width))


def block(coming: int, first: int, last: int) -> list[nn.Module]:
    """Two convolutions, a pooling, batch norm. What drops comes behind the norm, whose statistics then see no masks."""
    return [
        nn.Conv2d(coming, first, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(first, last, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(last),
    ]


def hidden(sizes: Sequence[int], dropout: float) -> list[nn.Module]:
    """Linear layers of these sizes, each with a ReLU, and dropout behind it."""
    layers: list[nn.Module] = []
    for coming, going in pairwise(sizes):
        layers += [nn.Linear(coming, going), nn.ReLU(), *([nn.Dropout(dropout)] if dropout else [])]
    return layers


def initial(seed: int, **shape: Any) -> Net:
    """The network as PyTorch initialises it (uniform, ±1/√fan-in), in float32 on the CPU; one seed, one network."""
    with seeded(seed, torch.device("cpu")):
        return Net(**shape)


def weighted(net: nn.Module) -> dict[str, nn.Conv2d | nn.Linear]:
    """The convolutions and linear layers in order: "1 conv 3 → 32" to "9 linear 512 → 10"."""
    found: dict[str, nn.Conv2d | nn.Linear] = {}
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            found[f"{len(found) + 1} conv {layer.in_channels} → {layer.out_channels}"] = layer
        elif isinstance(layer, nn.Linear):
            found[f"{len(found) + 1} linear {layer.in_features} → {layer.out_features}"] = layer
    return found
