"""8g: dropout on the maps of a convolution: single values (Dropout) or whole channels (Dropout2d)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import dropout
from bench.kit.data import mnist, normalise, statistics

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RATES = (0.5, 0.15)


def entry_masks(shape: tuple[int, ...], p: float, stream: torch.Generator, like: Tensor) -> Tensor:
    """One Bernoulli number for every value (N, C, H, W)."""
    check_rate(p)
    return (torch.rand(shape, generator=stream) >= p).to(like)


def channel_masks(shape: tuple[int, ...], p: float, stream: torch.Generator, like: Tensor) -> Tensor:
    """One Bernoulli number for every channel of every example."""
    return entry_masks((*shape[:2], 1, 1), p, stream, like).expand(shape)


def check_rate(p: float) -> None:
    if not 0 < p < 1:
        raise ValueError(f"p={p} must lie between 0 and 1")


def on_convolutions(lab: Lab) -> None:
    like = torch.zeros((), device=lab.device, dtype=lab.dtype)
    shape = (lab.pick(smoke=600, quick=600, full=1000), 16, 6, 6)
    rows = []
    for p in RATES:
        stream, ones = lab.generator(), torch.ones(shape).to(like)
        for name, draw in (("Dropout", entry_masks), ("Dropout2d", channel_masks)):
            y, _ = dropout(ones, draw(shape, p, stream, like), p)
            rows.append({"layer": name, "rate p": p} | moments(y))
            claim_moments(lab, name, p, y)
    lab.table("Multipliers on maps of ones", rows)
    with_torch(lab, like)
    neighbours(lab)


def moments(y: Tensor) -> dict[str, float]:
    return {
        "mean": float(y.mean()),
        "variance": float(y.var()),
        "correlation of neighbours": correlation(y[..., :-1], y[..., 1:]),
        "variance of a 3×3 mean": float(block_variance(y)),
    }


def block_variance(y: Tensor) -> Tensor:
    """Of the mean of 3 × 3 neighbours, in blocks that do not overlap."""
    return F.avg_pool2d(y, 3).var()


def correlation(a: Tensor, b: Tensor) -> float:
    return float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1])


def claim_moments(lab: Lab, name: str, p: float, y: Tensor) -> None:
    variance = p / (1 - p)
    expected = variance / 9 if name == "Dropout" else variance
    lab.claim(f"{name}, p = {p}: mean off 1 by", abs(y.mean() - 1), at_most=0.05)
    off = abs(block_variance(y) / expected - 1)
    lab.claim(f"{name}, p = {p}: variance of a 3×3 mean, off the formula by", off, at_most=0.1)
    alike = correlation(y[..., :-1], y[..., 1:])
    if name == "Dropout":
        lab.claim(f"Dropout, p = {p}: absolute correlation of neighbours", abs(alike), at_most=0.05)
    else:
        lab.claim(f"Dropout2d, p = {p}: correlation of neighbours off 1 by", abs(alike - 1), at_most=1e-9)
        lab.claim(f"Dropout2d, p = {p}: channels neither all 0 nor all kept", mixed(y, p), equals=0)


def mixed(y: Tensor, p: float) -> int:
    """How many channels are neither wholly dropped nor wholly 1 / (1 - p)."""
    flat = y.flatten(2)
    whole = (flat == 0).all(2) | ((flat - 1 / (1 - p)).abs() < 1e-12).all(2)
    return int((~whole).sum())


def with_torch(lab: Lab, like: Tensor) -> None:
    """torch's layers, on ones: the same two kinds of mask."""
    ones = torch.ones(200, 16, 6, 6).to(like)
    lab.claim("torch's Dropout2d drops whole channels: mixed ones", mixed(F.dropout2d(ones, 0.5), 0.5), equals=0)
    share = mixed(F.dropout(ones, 0.5), 0.5) / ones[..., 0, 0].numel()
    lab.claim("torch's Dropout mixes: share of channels", share, at_least=0.99)


def neighbours(lab: Lab) -> None:
    """Why single values are not enough: what is dropped can be read off its neighbours.

    Maps: the digits under eight random 3 × 3 kernels and a ReLU, as the first layer of a CNN would give them.
    """
    pictures = lab.uses(mnist(lab.data))
    digits = normalise(pictures.test.x[:100], *statistics(pictures.train.x), lab.dtype).to(lab.device)
    kernels = torch.randn(8, 1, 3, 3, generator=lab.generator()).to(digits) / 3
    maps = F.conv2d(digits, kernels).relu()
    alike = correlation(maps[..., :-1], maps[..., 1:])
    lab.claim("maps of digits: correlation of neighbouring values", alike, at_least=0.2)
    known, hidden = (
        explained(maps, draw(tuple(maps.shape), 0.5, lab.generator(), maps)) for draw in (entry_masks, channel_masks)
    )
    lab.metric("variance of a dropped value that its neighbours explain, Dropout", known)
    lab.claim("Dropout: four neighbours, half of them dropped, still explain a share of", known, at_least=0.1)
    lab.claim("Dropout2d: in a dropped channel they explain", abs(hidden), at_most=1e-9)
    masks = [draw((1, 8, 26, 26), 0.5, lab.generator(), maps) for draw in (entry_masks, channel_masks)]
    lab.figure(
        "Dropout and Dropout2d",
        picture(maps[:1], masks),
        "Eight maps of one digit. Dropout leaves every shape readable; Dropout2d removes whole maps.",
    )


def explained(maps: Tensor, masks: Tensor) -> float:
    """R² of the best linear guess of the dropped values from what dropout (p = 1/2) has left of their four neighbours.

    The border has fewer neighbours and is left out.
    """
    seen, _ = dropout(maps, masks, 0.5)
    gone = masks[..., 1:-1, 1:-1] == 0
    around = (seen[..., :-2, 1:-1], seen[..., 2:, 1:-1], seen[..., 1:-1, :-2], seen[..., 1:-1, 2:])
    known = torch.stack([*(values[gone] for values in around), torch.ones_like(seen[..., 1:-1, 1:-1])[gone]], 1)
    target = maps[..., 1:-1, 1:-1][gone]
    fitted = known @ (torch.linalg.pinv(known.T @ known, hermitian=True) @ (known.T @ target))
    return float(1 - (target - fitted).square().sum() / (target - target.mean()).square().sum())


def picture(maps: Tensor, masks: list[Tensor]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), facecolor="white", layout="constrained")
    rows = {"no dropout": maps, "Dropout": maps * masks[0], "Dropout2d": maps * masks[1]}
    for line, (name, values) in zip(figure.subplots(3, 8), rows.items(), strict=True):
        for axes, one, whole in zip(line, values[0].cpu().numpy(), maps[0].cpu().numpy(), strict=True):
            axes.imshow(one, cmap="gray_r", vmin=0, vmax=float(whole.max()))
            axes.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, fontsize=10)
    return figure
