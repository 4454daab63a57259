"""Ten kinds of shapes in colour and noise: what stands in for photographs where there are none.

A network can learn the ten classes, and learn a small training set by heart: position, size, tilt, colours, background,
clutter and noise of every picture are its own and say nothing about its class. Turned by a right angle, the first two
classes become one another, and turned by two, the triangles do; the other six stay what they are.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from bench.kit.data.dataset import Pictures, Split

KINDS = ("level bars", "upright bars", "triangle", "triangle on its tip", "disc", "ring", "square", "diamond", "plus")
CLASSES = (*KINDS, "cross")
SIDE = 32
SEED = 20_231_010
TRAIN, TEST = 2000, 500


def shapes() -> Pictures:
    """2,000 pictures for training and 500 for testing, as many of each class, drawn from a fixed seed."""
    generator = torch.Generator().manual_seed(SEED)
    return Pictures(
        name="CIFAR-10 (stand-in)",
        source="generated: ten kinds of shapes in noise, no photographs",
        train=draw(TRAIN, generator),
        test=draw(TEST, generator),
        stand_in=True,
    )


def draw(count: int, generator: torch.Generator) -> Split:
    """``count`` pictures, uint8 (count, 3, 32, 32); their classes come in turn, 0 to 9."""
    y = torch.arange(count) % len(CLASSES)
    inside = silhouettes(y, generator)[:, None]
    paper, ink = colours(count, generator)
    ground = spots(paper + 0.12 * clouds(count, generator), generator)
    x = torch.lerp(ground, ink, inside)
    x += uniform((count, 1, 1, 1), 0.02, 0.1, generator) * torch.randn(x.shape, generator=generator)
    return Split((x.clamp(0, 1) * 255).round().to(torch.uint8), y)


def uniform(shape: tuple[int, ...], low: float, high: float, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(shape, generator=generator)


def colours(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Of the background and of the shape, each (count, 3, 1, 1): from hardly apart to far apart."""
    paper = torch.rand(count, 3, 1, 1, generator=generator)
    # A direction in the cube of colours, and how far to go along it: so no class has a colour of its own.
    towards = torch.rand(count, 3, 1, 1, generator=generator)
    apart = towards - paper
    length = apart.norm(dim=1, keepdim=True).clamp(min=1e-6)
    return paper, paper + apart / length * uniform((count, 1, 1, 1), 0.25, 0.9, generator)


def clouds(count: int, generator: torch.Generator) -> Tensor:
    """Smooth noise (count, 3, 32, 32)."""
    coarse = torch.randn(count, 3, 5, 5, generator=generator)
    return F.interpolate(coarse, size=(SIDE, SIDE), mode="bilinear", align_corners=True)


def spots(ground: Tensor, generator: torch.Generator) -> Tensor:
    """The background with three small discs of any colour, anywhere."""
    count = len(ground)
    rows, columns = grid()
    for _ in range(3):
        y, x = uniform((2, count, 1, 1), 0, SIDE, generator)
        radius = uniform((count, 1, 1), 1.5, 3.5, generator)
        near = (rows - y) ** 2 + (columns - x) ** 2 < radius**2
        ground = torch.where(near[:, None], torch.rand(count, 3, 1, 1, generator=generator), ground)
    return ground


def grid() -> tuple[Tensor, Tensor]:
    """Rows and columns of the pixels, each (32, 32)."""
    line = torch.arange(SIDE, dtype=torch.float32)
    return line[:, None].expand(SIDE, SIDE), line.expand(SIDE, SIDE)


def silhouettes(y: Tensor, generator: torch.Generator) -> Tensor:
    """How much of each pixel the shape covers, (N, 32, 32) in 0 … 1: placed, sized and tilted at random."""
    count = len(y)
    radius = uniform((count, 1, 1), 6, 12, generator)
    row, column = uniform((2, count, 1, 1), -5, 5, generator) + (SIDE - 1) / 2
    tilt = uniform((count, 1, 1), -0.3, 0.3, generator)
    rows, columns = grid()
    across, down = (columns - column) / radius, (rows - row) / radius
    u, v = across * tilt.cos() + down * tilt.sin(), down * tilt.cos() - across * tilt.sin()
    reach = torch.empty_like(u)
    for kind in range(len(CLASSES)):
        chosen = y == kind
        reach[chosen] = outline(kind, u[chosen], v[chosen])
    # In pixels from the outline: the edge is a pixel soft whatever the size.
    return ((1 - reach) * radius).sigmoid()


def outline(kind: int, u: Tensor, v: Tensor) -> Tensor:
    """A function of the place, in units of the shape's size (u right, v down), that is below 1 inside the shape."""
    far = torch.hypot(u, v)
    slant_u, slant_v = (u + v) / 2**0.5, (u - v) / 2**0.5
    outlines = (
        lambda: torch.maximum(bars(v), far),
        lambda: torch.maximum(bars(u), far),
        lambda: triangle(u, v),
        lambda: triangle(u, -v),
        lambda: far / 0.9,
        lambda: (far - 0.7).abs() / 0.25,
        lambda: torch.maximum(u.abs(), v.abs()) / 0.8,
        lambda: torch.maximum(slant_u.abs(), slant_v.abs()) / 0.8,
        lambda: plus(u, v),
        lambda: plus(slant_u, slant_v),
    )
    return outlines[kind]()


def bars(across: Tensor) -> Tensor:
    """Five bars of equal width, from -1 to 1."""
    return 1 + 0.6 * torch.cos(across * 4.5 * torch.pi)


def triangle(u: Tensor, v: Tensor) -> Tensor:
    return torch.maximum(v / 0.7, u.abs() / 0.55 - v * 0.9)


def plus(u: Tensor, v: Tensor) -> Tensor:
    upright = torch.maximum(u.abs() / 0.3, v.abs())
    return torch.minimum(upright, torch.maximum(v.abs() / 0.3, u.abs()))
