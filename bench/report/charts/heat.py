"""How far a tensor is from what it should be, as a map of colours with zero in the middle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.report.charts.model import Grid, HeatChart, slug

MOST = 48
"""Cells a side; of more, each cell stands for several and shows the one that is furthest from zero."""


def heat_map(
    name: str,
    tensors: Mapping[str, Sequence[Sequence[float]]],
    *,
    title: str = "",
    subtitle: str = "",
    prefix: str = "",
) -> HeatChart:
    """One matrix a tensor, all on one scale. Raises ``ValueError`` for rows of different lengths."""
    for tensor, rows in tensors.items():
        if len({len(row) for row in rows}) > 1:
            raise ValueError(f"heat map {name!r}: the rows of {tensor!r} differ in length")
    grids = tuple(Grid(tensor, _cells(rows)) for tensor, rows in tensors.items() if rows and rows[0])
    largest = any(len(rows) > MOST or (rows and len(rows[0]) > MOST) for rows in tensors.values())
    note = (
        f"of more than {MOST} cells a side, each shows the one furthest from zero that it stands for" if largest else ""
    )
    return HeatChart(slug=slug(prefix, name), name=name, title=title or name, subtitle=subtitle, note=note, grids=grids)


def _cells(rows: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    down, across = -(-len(rows) // MOST), -(-len(rows[0]) // MOST)
    return tuple(
        tuple(
            max((value for row in rows[i : i + down] for value in row[j : j + across]), key=abs)
            for j in range(0, len(rows[0]), across)
        )
        for i in range(0, len(rows), down)
    )
