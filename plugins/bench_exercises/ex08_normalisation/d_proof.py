"""8d, the steps of the proof on a triangulated square: max of minima, and from it two convex units.

The square [0, 1]² is cut into 2 × 2 cells of two triangles each; g has random values at the nine corners and is affine
on each triangle. Its eight pieces are ℓ_j(v) = a_j·v + c_j.
"""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error

from .d_maxout import grid
from .problem import like, normal

CELLS = 2
Pieces = Tensor
"""(8, 3): a_j and c_j."""


def study(lab: Lab) -> None:
    stream = lab.generator()
    heights = normal((CELLS + 1, CELLS + 1), stream, like(lab))
    points = grid(0, 1, lab.pick(smoke=40, quick=40, full=80), 2, like=heights, inside=True)
    g, pieces = interpolated(heights, points), planes(heights)
    sets = orders(pieces, points, g)
    lab.metric("sets S_i that differ", len(sets))
    lab.claim(
        "max of minima over the sets S_i = the interpolant",
        max_error(max_of_minima(pieces, sets, points), g),
        at_most=1e-12,
    )
    h1, h2 = two_convex(pieces, sets, points)
    lab.claim("h₁ - h₂ = the interpolant", max_error(h1 - h2, g), at_most=1e-9)
    ends = [torch.rand((2000, 2), generator=stream).to(points) for _ in range(2)]
    bent = torch.stack([above_chord(pieces, sets, ends, unit) for unit in (0, 1)]).max()
    lab.claim("h₁ and h₂ are convex: a middle lies above its chord by", bent, at_most=1e-9)
    control = (
        interpolated(heights, (ends[0] + ends[1]) / 2) - sum(interpolated(heights, end) for end in ends) / 2
    ).max()
    lab.claim("control: the interpolant itself is not, above its chord by", control, at_least=0.01)


def interpolated(heights: Tensor, points: Tensor) -> Tensor:
    """g at points (N, 2), by the corners of the triangle that each lies in."""
    scaled = points * CELLS
    cell = scaled.floor().clamp(0, CELLS - 1).long()
    (s, t), (i, j) = (scaled - cell).T, cell.T
    base, far = heights[i, j], heights[i + 1, j + 1]
    below, above = heights[i + 1, j], heights[i, j + 1]
    return torch.where(
        s >= t, base + s * (below - base) + t * (far - below), base + t * (above - base) + s * (far - above)
    )


def planes(heights: Tensor) -> Pieces:
    """Through the three corners of every triangle."""
    found = []
    for i in range(CELLS):
        for j in range(CELLS):
            for third in ((i + 1, j), (i, j + 1)):
                corners = [(i, j), (i + 1, j + 1), third]
                at = torch.tensor([[x / CELLS, y / CELLS, 1.0] for x, y in corners]).to(heights)
                found.append(torch.linalg.solve(at, torch.stack([heights[corner] for corner in corners])))
    return torch.stack(found)


def values(pieces: Pieces, points: Tensor) -> Tensor:
    """ℓ_j(v), (N, 8)."""
    return points @ pieces[:, :2].T + pieces[:, 2]


def orders(pieces: Pieces, points: Tensor, g: Tensor) -> Tensor:
    """The sets S = {j: ℓ_j ≥ g} that occur, (sets, 8). Where two pieces tie within rounding, both are in."""
    return (values(pieces, points) >= g[:, None] - 1e-12).unique(dim=0)


def max_of_minima(pieces: Pieces, sets: Tensor, points: Tensor) -> Tensor:
    every = values(pieces, points)[:, None].expand(-1, len(sets), -1)
    return every.masked_fill(~sets, torch.inf).amin(2).amax(1)


def two_convex(pieces: Pieces, sets: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """h₁ = max_S (p_S + Σ_{T ≠ S} q_T) and h₂ = Σ q_T, from min over S of ℓ = p_S - q_S with p_S = Σ_{j ∈ S} ℓ_j and
    q_S = max_{i ∈ S} Σ_{j ∈ S, j ≠ i} ℓ_j."""
    every = values(pieces, points)[:, None]
    p = (every * sets).sum(2)
    q = (p[:, :, None] - every).masked_fill(~sets, -torch.inf).amax(2)
    total = q.sum(1)
    return (p - q + total[:, None]).amax(1), total


def above_chord(pieces: Pieces, sets: Tensor, ends: list[Tensor], unit: int) -> Tensor:
    one, two, middle = (two_convex(pieces, sets, at)[unit] for at in (*ends, (ends[0] + ends[1]) / 2))
    return (middle - (one + two) / 2).max()
