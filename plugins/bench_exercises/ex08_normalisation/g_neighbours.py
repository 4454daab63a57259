"""8g: why single values are not enough: what is dropped can be read off its neighbours."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import dropout
from bench.kit.data import mnist, normalise, statistics

from .figures import dropped_maps
from .g_masks import channel_masks, entry_masks


def neighbours(lab: Lab) -> None:
    """Why single values are not enough: what is dropped can be read off its neighbours.

    Maps: the digits under eight random 3 × 3 kernels and a ReLU, as the first layer of a CNN would give them.
    """
    pictures = lab.uses(mnist(lab.data))
    digits = normalise(pictures.test.x[:100], *statistics(pictures.train.x), lab.dtype).to(lab.device)
    stream = lab.generator()
    kernels = torch.randn(8, 1, 3, 3, generator=stream).to(digits) / 3
    maps = F.conv2d(digits, kernels).relu()
    alike = correlation(maps[..., :-1], maps[..., 1:])
    lab.claim("maps of digits: correlation of neighbouring values", alike, at_least=0.5)
    entries, whole = (draw(tuple(maps.shape), 0.5, stream, maps) for draw in (entry_masks, channel_masks))
    known = explained(maps, entries)
    lab.metric("variance of a dropped value that its neighbours explain, Dropout", known)
    lab.claim("Dropout: four neighbours, half of them dropped, still explain a share of", known, at_least=0.3)
    noise = torch.randn(maps.shape, generator=stream).to(maps)
    lab.claim("control: of white noise they explain", abs(explained(noise, entries)), at_most=0.01)
    lab.claim("Dropout2d: in a dropped channel they explain", abs(explained(maps, whole)), at_most=1e-9)
    lab.figure(
        "Dropout and Dropout2d",
        dropped_maps(maps[:1], [entries[:1], whole[:1]]),
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


def correlation(a: Tensor, b: Tensor) -> float:
    return float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1])
