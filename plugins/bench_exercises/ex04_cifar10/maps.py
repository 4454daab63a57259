"""4a4: Dropout against Dropout2d behind a convolution: the same mean and variance, another correlation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.training import seeded

from .network import Net
from .setting import Photos

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RATES = (0.5, 0.15)
LAYERS = {"Dropout": nn.Dropout, "Dropout2d": nn.Dropout2d}


def multipliers(lab: Lab, kind: str, p: float) -> Tensor:
    """What the layer multiplies maps by, (N, 16, 6, 6): its output on ones."""
    ones = torch.ones(lab.pick(smoke=600, quick=600, full=1000), 16, 6, 6, device=lab.device, dtype=lab.dtype)
    with seeded(lab.seed, lab.device):
        found: Tensor = LAYERS[kind](p)(ones)
    return found


def correlation(a: Tensor, b: Tensor) -> float:
    return float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1])


def neighbours(maps: Tensor) -> float:
    """The correlation of values beside each other."""
    return correlation(maps[..., :-1], maps[..., 1:])


def moments(y: Tensor) -> dict[str, float]:
    return {
        "mean": float(y.mean()),
        "variance": float(y.var()),
        "correlation of neighbours": neighbours(y),
        "variance of a 3×3 mean": float(F.avg_pool2d(y, 3).var()),
    }


def mixed(y: Tensor, p: float) -> int:
    """How many channels are neither all 0 nor all 1 / (1 - p)."""
    flat = y.flatten(2)
    return int((~((flat == 0).all(2) | ((flat - 1 / (1 - p)).abs() < 1e-12).all(2))).sum())


def claim(lab: Lab, kind: str, p: float, *, y: Tensor, found: dict[str, float]) -> None:
    """Both have variance p / (1 - p). A mean of nine has a ninth of it when they are independent, all when equal."""
    variance = p / (1 - p)
    lab.claim(f"{kind}, p = {p}: mean of the multipliers off 1 by", abs(found["mean"] - 1), at_most=0.05)
    lab.claim(f"{kind}, p = {p}: their variance off p / (1 - p) by", abs(found["variance"] / variance - 1), at_most=0.1)
    expected = variance / 9 if kind == "Dropout" else variance
    off = abs(found["variance of a 3×3 mean"] / expected - 1)
    lab.claim(f"{kind}, p = {p}: variance of a 3×3 mean off the formula by", off, at_most=0.1)
    alike = found["correlation of neighbours"]
    if kind == "Dropout":
        lab.claim(f"Dropout, p = {p}: correlation of neighbouring multipliers", abs(alike), at_most=0.05)
    else:
        lab.claim(f"Dropout2d, p = {p}: correlation of neighbouring multipliers", alike, at_least=1 - 1e-9)
        lab.claim(f"Dropout2d, p = {p}: channels neither all 0 nor all 1/(1-p)", mixed(y, p), equals=0)


def compare(lab: Lab) -> None:
    rows = []
    for p in RATES:
        for kind in LAYERS:
            y = multipliers(lab, kind, p)
            found = moments(y)
            rows.append({"layer": kind, "rate p": p} | found)
            claim(lab, kind, p, y=y, found=found)
    lab.table("Multipliers on maps of ones", rows)


@torch.no_grad()
def on_features(lab: Lab, net: Net, photos: Photos) -> None:
    """Maps that the network's first block gives: how alike neighbours are, and what the two layers leave of them."""
    block = net.features[0]
    assert isinstance(block, nn.Sequential)
    first = block[:6].eval()
    maps = first(photos.train.ready(photos.train.x[: lab.pick(smoke=40, quick=200, full=200)])).double().contiguous()
    lab.metric("correlation of neighbouring values behind the first block", neighbours(maps))
    lab.figure(
        f"Dropout and Dropout2d: {photos.name}",
        drawn(lab, maps[:1, :8]),
        "Eight maps of one picture behind the first block, p = 0.5; what is dropped is orange. Dropout leaves parts of "
        "every map, Dropout2d all of a map or nothing.",
    )


def drawn(lab: Lab, maps: Tensor) -> Figure:
    """What is kept, in the grey that it had before it is multiplied; what is dropped, in a colour of its own."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    greys = colormaps["gray"].with_extremes(bad="#E69F00")
    figure = Figure(figsize=(9, 3.7), facecolor="white", layout="constrained")
    ones = torch.ones_like(maps)
    with seeded(lab.seed, lab.device):
        rows = {"no dropout": ones} | {kind: layer(0.5)(ones) for kind, layer in LAYERS.items()}
    lines = figure.subplots(3, maps.shape[1], squeeze=False)
    for line, (name, factors) in zip(lines, rows.items(), strict=True):
        kept = maps.where(factors > 0, torch.nan)
        for axes, one, whole in zip(line, kept[0].cpu().numpy(), maps[0].cpu().numpy(), strict=True):
            axes.imshow(one, cmap=greys, vmin=float(whole.min()), vmax=float(whole.max()))
            axes.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, fontsize=10)
    return figure
