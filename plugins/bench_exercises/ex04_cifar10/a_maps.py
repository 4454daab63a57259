"""4a4: Dropout against Dropout2d behind a convolution: the same mean and variance, another correlation."""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.training import seeded

from .figures import dropped
from .network import MAP_DROPOUTS, Net, initial
from .problem import Photos, Setting, load

RATES = (0.5, 0.15)
STANDARD_ERRORS = 5


def study(lab: Lab, setting: Setting) -> None:
    compare(lab)
    on_features(lab, initial(lab.seed, width=setting.width).to(lab.device), load(lab, setting))


def multipliers(lab: Lab, kind: str, p: float) -> Tensor:
    """What the layer multiplies maps by, (N, 16, 6, 6): its output on ones."""
    ones = torch.ones(lab.pick(smoke=600, quick=600, full=1000), 16, 6, 6, device=lab.device, dtype=lab.dtype)
    with seeded(lab.seed, lab.device):
        found: Tensor = MAP_DROPOUTS[kind](p)(ones)
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


def excess(p: float) -> float:
    """μ₄ / μ₂² - 1 of one multiplier, 0 with probability p, else 1 / (1 - p): n of them give their variance with the
    relative standard error √(excess / n)."""
    q = 1 - p
    second, fourth = p / q, q * (p / q) ** 4 + p
    return fourth / second**2 - 1


def claim(lab: Lab, kind: str, p: float, y: Tensor) -> None:
    """Both have variance p / (1 - p). A mean of nine has a ninth of it when they are independent, all when equal.

    Each bound is five standard errors, from as many draws as there were: a number a value, or a number a channel.
    """
    found, variance, alone = moments(y), p / (1 - p), kind == "Dropout"
    n = y.numel() if alone else y.shape[0] * y.shape[1]
    head = f"{kind}, p = {p}:"
    # At p = ½ the two values lie alike about the mean, and the variance is off by the mean's error squared only.
    rest = STANDARD_ERRORS**2 / n
    lab.claim(
        f"{head} mean of the multipliers off 1 by", abs(found["mean"] - 1), at_most=STANDARD_ERRORS * sqrt(variance / n)
    )
    lab.claim(
        f"{head} their variance off p / (1 - p) by",
        abs(found["variance"] / variance - 1),
        at_most=STANDARD_ERRORS * sqrt(excess(p) / n) + rest,
    )
    # A mean of nine is nearer to a normal variable, whose variance comes out with √(2 / n).
    spread = sqrt((2 + (excess(p) - 2) / 9) / (n / 9)) if alone else sqrt(excess(p) / n)
    off = abs(found["variance of a 3×3 mean"] / (variance / 9 if alone else variance) - 1)
    lab.claim(f"{head} variance of a 3×3 mean off the formula by", off, at_most=STANDARD_ERRORS * spread + rest)
    alike = found["correlation of neighbours"]
    if alone:
        lab.claim(f"{head} correlation of neighbouring multipliers", abs(alike), at_most=STANDARD_ERRORS / sqrt(n))
    else:
        lab.claim(f"{head} correlation of neighbouring multipliers", alike, at_least=1 - 1e-9)
        lab.claim(f"{head} channels neither all 0 nor all 1/(1-p)", mixed(y, p), equals=0)


def compare(lab: Lab) -> None:
    rows = []
    for p in RATES:
        for kind in MAP_DROPOUTS:
            y = multipliers(lab, kind, p)
            rows.append({"layer": kind, "rate p": p} | moments(y))
            claim(lab, kind, p, y)
    lab.table("Multipliers on maps of ones", rows)


@torch.no_grad()
def on_features(lab: Lab, net: Net, photos: Photos) -> None:
    """Maps that the network's first block gives: how alike neighbours are, and what the two layers leave of them."""
    block = net.features[0]
    assert isinstance(block, nn.Sequential)
    first = block[:6].eval()
    maps = first(photos.train.ready(photos.train.x[: lab.pick(smoke=40, quick=200, full=200)])).double().contiguous()
    lab.metric("correlation of neighbouring values behind the first block", neighbours(maps))
    shown = maps[:1, :8]
    ones = torch.ones_like(shown)
    with seeded(lab.seed, lab.device):
        factors = {"no dropout": ones} | {kind: layer(0.5)(ones) for kind, layer in MAP_DROPOUTS.items()}
    lab.figure(
        "Dropout and Dropout2d",
        dropped(shown, factors),
        "Eight maps of one picture behind the first block, p = 0.5; what is dropped is orange. Dropout leaves parts of "
        f"every map, Dropout2d all of a map or nothing ({photos.name}).",
    )
