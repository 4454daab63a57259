"""Noisy curves: a mean with the band of single values, never a line through every one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median

from bench.model import Curve
from bench.report.charts.model import Line
from bench.thinning import stretches

ROUGH = 12.0
"""A thinned curve that goes up and down so many times its own range in all is noise."""


def is_noise(curve: Curve, log: bool = False) -> bool:
    """Said to be, or thinned of something so rough that a line through what is left would be of nothing measured."""
    if curve.kind:
        return curve.kind == "noise"
    if not curve.thinned_from:
        return False
    heights = [math.log(y) if log else y for y in curve.y if y > 0 or not log]
    spread = max(heights, default=0.0) - min(heights, default=0.0)
    travelled = sum(abs(b - a) for a, b in pairwise(heights))
    return spread > 0 and travelled > ROUGH * spread


def banded(curves: Sequence[Curve], label: str, hue: int = 0) -> Line:
    """The mean line and band of a curve, over the means and bands of several seeds where they share their x; with the
    single values of the first."""
    bands = [band(curve) for curve in curves]
    first = curves[0]
    alike = [each for each in bands if each[0] == bands[0][0]]
    mean, low, high = (
        tuple(fmean(column) for column in zip(*(each[i] for each in alike), strict=True)) for i in (1, 2, 3)
    )
    return Line(label=label, x=bands[0][0], y=mean, low=low, high=high, hue=hue, raw_x=first.x, raw_y=first.y)


def band(curve: Curve) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """x, mean, low and high. Of a curve that was thinned before bands were recorded only the extremes of each stretch
    are left: their middle and their range."""
    if curve.band:
        return curve.band.x, curve.band.mean, curve.band.low, curve.band.high
    if not curve.thinned_from and (parts := stretches(curve.x, curve.y)):
        return parts[0], parts[1], parts[2], parts[3]
    if not curve.thinned_from or len(curve.y) < 16:
        return curve.x, curve.y, curve.y, curve.y
    edges = [number * len(curve.y) // 24 for number in range(25)]
    rows = []
    for start, stop in pairwise(edges):
        if ys := curve.y[start:stop]:
            rows.append((fmean(curve.x[start:stop]), median(ys), min(ys), max(ys)))
    x, mean, low, high = zip(*rows, strict=True)
    return x, mean, low, high


def is_rough_band(curve: Curve) -> bool:
    """Whether its band could not be computed from all of its points."""
    return curve.band is None and bool(curve.thinned_from)


def band_height(line: Line) -> float:
    """How far single values lie apart: the median height of the band."""
    return median(high - low for low, high in zip(line.low, line.high, strict=True)) if line.low else 0.0
