"""11d: the classic slips in Canny and in the bilateral filter, each computed for real."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from . import d_bilateral as bf
from .d_canny import Stages, connected, gradients, moved, suppressed

Detector = Callable[[Tensor, float, float], Stages]
Smoother = Callable[[Tensor, int, float, float], Tensor]


def staged(strength: Tensor, ridge: Tensor, low: float, high: float) -> Stages:
    """The last two steps, done right."""
    weak, strong = ridge & (strength > low), ridge & (strength > high)
    return Stages(strength=strength, ridge=ridge, weak=weak, strong=strong, edges=connected(strong, weak))


def euclidean(picture: Tensor, low: float, high: float) -> Stages:
    gx, gy = gradients(picture)
    strength = torch.hypot(gx, gy)
    return staged(strength, suppressed(strength, gx, gy), low, high)


def along_the_edge(picture: Tensor, low: float, high: float) -> Stages:
    gx, gy = gradients(picture)
    strength = gx.abs() + gy.abs()
    return staged(strength, suppressed(strength, gy, gx), low, high)


def other_diagonal(picture: Tensor, low: float, high: float) -> Stages:
    gx, gy = gradients(picture)
    strength = gx.abs() + gy.abs()
    return staged(strength, suppressed(strength, gx, -gy), low, high)


def not_thinned(picture: Tensor, low: float, high: float) -> Stages:
    gx, gy = gradients(picture)
    strength = gx.abs() + gy.abs()
    return staged(strength, torch.ones_like(strength, dtype=torch.bool), low, high)


def divided_by_eight(picture: Tensor, low: float, high: float) -> Stages:
    gx, gy = (g / 8 for g in gradients(picture))
    strength = gx.abs() + gy.abs()
    return staged(strength, suppressed(strength, gx, gy), low, high)


def one_threshold(picture: Tensor, low: float, high: float) -> Stages:
    right = right_stages(picture, low, high)
    return right._replace(edges=right.weak)


def one_round(picture: Tensor, low: float, high: float) -> Stages:
    right = right_stages(picture, low, high)
    grown = F.max_pool2d(right.strong.float()[None], 3, stride=1, padding=1)[0] > 0
    return right._replace(edges=grown & right.weak)


def four_neighbours(picture: Tensor, low: float, high: float) -> Stages:
    right = right_stages(picture, low, high)
    edges, before = right.strong, torch.zeros_like(right.strong)
    while not torch.equal(edges, before):
        before, spread = edges, edges.clone()
        for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            spread |= moved(before.float(), dy, dx) > 0
        edges = spread & right.weak
    return right._replace(edges=edges)


def right_stages(picture: Tensor, low: float, high: float) -> Stages:
    gx, gy = gradients(picture)
    strength = gx.abs() + gy.abs()
    return staged(strength, suppressed(strength, gx, gy), low, high)


CANNY: dict[str, Detector] = {
    "Euclidean strength, thresholds as they were": euclidean,
    "Sobel divided by 8, thresholds as they were": divided_by_eight,
    "g_x and g_y exchanged: ridges sought along the edge": along_the_edge,
    "y taken to point upwards: the other diagonal": other_diagonal,
    "gradients not thinned to ridges": not_thinned,
    "the lower threshold alone, without hysteresis": one_threshold,
    "hysteresis stopped after one round": one_round,
    "hysteresis with four neighbours": four_neighbours,
}


def unnormalised(picture: Tensor, diameter: int, sigma_color: float, sigma_space: float) -> Tensor:
    total = torch.zeros_like(picture)
    for (dy, dx), neighbour in bf.neighbours(picture, diameter):
        level = torch.exp((neighbour - picture).square() * (-0.5 / sigma_color**2))
        total += level * neighbour * torch.exp(torch.tensor(-0.5 * (dy**2 + dx**2) / sigma_space**2))
    return total


def without_the_two(picture: Tensor, diameter: int, sigma_color: float, sigma_space: float) -> Tensor:
    return bf.bilateral(picture, diameter, sigma_color / 2**0.5, sigma_space / 2**0.5)


def diameter_as_radius(picture: Tensor, diameter: int, sigma_color: float, sigma_space: float) -> Tensor:
    return bf.bilateral(picture, 2 * diameter + 1, sigma_color, sigma_space)


def sigmas_exchanged(picture: Tensor, diameter: int, sigma_color: float, sigma_space: float) -> Tensor:
    return bf.bilateral(picture, diameter, sigma_space, sigma_color)


def level_forgotten(picture: Tensor, diameter: int, sigma_color: float, sigma_space: float) -> Tensor:
    return bf.gaussian(picture, diameter, sigma_space)


def channels_apart(picture: Tensor, diameter: int, sigma_color: float, sigma_space: float) -> Tensor:
    return torch.stack([bf.bilateral(channel, diameter, sigma_color, sigma_space) for channel in picture])


GREY: dict[str, Smoother] = {
    "not divided by the sum of the weights": unnormalised,
    "exp(−d²/σ²) for exp(−d²/2σ²)": without_the_two,
    "the diameter taken for the radius": diameter_as_radius,
    "σ_s and σ_c exchanged": sigmas_exchanged,
    "the weight in level forgotten": level_forgotten,
}
COLOUR: dict[str, Smoother] = {"every channel with weights of its own": channels_apart}
