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


MAP_DROPOUTS: dict[str, type[nn.Module]] = {"Dropout": nn.Dropout, "Dropout2d": nn.Dropout2d}
PLACES = ("blocks", "convolutions")
"""Where maps are dropped: behind each block's batch norm, or behind every one of the six convolutions."""
STARTS = ("default", "he")


class Net(nn.Module):
    """Pictures (N, 3, 32, 32) to logits (N, 10).

    ``width`` multiplies the number of every layer's units and channels; ``extra`` puts as many more layers 512 → 512,
    each with its ReLU, before the output, which ``start`` as PyTorch has it or as He et al. have it for ReLUs.
    ``dropout`` is the rate (of linear layers, of convolutions), ``on_maps`` the layer that drops maps, and ``places``
    where. Raises ``ValueError`` for a width or a number of layers that makes no network.
    """

    def __init__(
        self,
        *,
        width: float = 1.0,
        extra: int = 0,
        start: str = "default",
        dropout: Sequence[float] = (0.0, 0.0),
        on_maps: str = "Dropout2d",
        places: str = "blocks",
    ) -> None:
        super().__init__()
        if not 0 < width <= 4 or extra < 0:
            raise ValueError(f"a network has a width in (0, 4] and no fewer than 0 extra layers, not {width}, {extra}")
        blocks = [tuple(scaled(channels, width) for channels in block) for block in BLOCKS]
        inputs = [3] + [last for _, last in blocks[:-1]]

        def drops(here: bool) -> list[nn.Module]:
            return [MAP_DROPOUTS[on_maps](dropout[1])] if here and dropout[1] else []

        self.features = nn.Sequential(
            *(
                nn.Sequential(*block(coming, first, last, between=drops(places == "convolutions")), *drops(True))
                for coming, (first, last) in zip(inputs, blocks, strict=True)
            )
        )
        wide, narrow = (scaled(units, width) for units in LINEAR)
        sizes = [blocks[-1][1] * 4 * 4, wide, *[narrow] * (1 + extra)]
        self.head = nn.Sequential(*hidden(sizes, dropout[0]), nn.Linear(narrow, CLASSES))
        if start == "he":
            for layer in self.added(extra):
                nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)

    def added(self, extra: int) -> list[nn.Linear]:
        """The extra layers: those behind the sheet's two hidden ones."""
        return [layer for layer in self.head if isinstance(layer, nn.Linear)][2 : 2 + extra]

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(x).flatten(1))
        return logits


def scaled(units: int, width: float) -> int:
    return max(1, round(units * width))


def block(coming: int, first: int, last: int, *, between: Sequence[nn.Module] = ()) -> list[nn.Module]:
    """Two convolutions, a pooling, batch norm; what drops maps may stand ``between`` the two convolutions.

    What drops comes *behind* a norm where it can: then this norm's statistics see no masks. The next block's do.
    """
    return [
        nn.Conv2d(coming, first, 3, padding=1),
        nn.ReLU(),
        *between,
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


def count(net: nn.Module) -> int:
    """Parameters, biases and those of batch norm included."""
    return sum(p.numel() for p in net.parameters())


def weighted(net: nn.Module) -> dict[str, nn.Conv2d | nn.Linear]:
    """The convolutions and linear layers in order: "1 conv 3 → 32" to "9 linear 512 → 10"."""
    found: dict[str, nn.Conv2d | nn.Linear] = {}
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            found[f"{len(found) + 1} conv {layer.in_channels} → {layer.out_channels}"] = layer
        elif isinstance(layer, nn.Linear):
            found[f"{len(found) + 1} linear {layer.in_features} → {layer.out_features}"] = layer
    return found


def bound(layer: nn.Conv2d | nn.Linear) -> float:
    """The largest absolute weight that PyTorch's default initialisation gives: 1/√fan-in, for both kinds of layers."""
    return float(layer.weight[0].numel() ** -0.5)
