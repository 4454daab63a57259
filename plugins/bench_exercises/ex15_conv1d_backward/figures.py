"""Two pictures: the layer as a Toeplitz matrix beside its transpose, and the readings as networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .problem import Configuration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TAPS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
"""Okabe and Ito's colours, one per weight of the kernel."""
PALE = "#F2F2F2"
INK = "#222222"


def toeplitz_figure(n: int, m: int) -> Figure:
    """z = T(w) x, and below it dx = T(w)ᵀ d, as coloured cells."""
    from matplotlib.figure import Figure

    q = n - m + 1
    figure = Figure(figsize=(5.4, 7), facecolor="white", layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(q + 1, n))
    layer = [[j - t if 0 <= j - t < m else None for j in range(n)] for t in range(q)]
    product_of_cells(above, layer, ("z", "x"), "forward: z = T(w) x\na row holds w in order, moved by one")
    product_of_cells(
        below, list(map(list, zip(*layer, strict=True))), ("dx", "d"), "backward: dx = T(w)ᵀ d\na row holds w flipped"
    )
    return figure


def product_of_cells(axes: Axes, matrix: list[list[int | None]], names: tuple[str, str], title: str) -> None:
    """Draw result = matrix · vector, one square per entry; an entry of the matrix is the index of its weight."""
    rows, columns = len(matrix), len(matrix[0])
    for r, row in enumerate(matrix):
        cell(axes, 0, r, label=f"{names[0]}$_{r + 1}$", colour="white")
        for c, tap in enumerate(row):
            cell(
                axes,
                c + 1.75,
                r,
                label="0" if tap is None else f"w$_{tap + 1}$",
                colour=PALE if tap is None else TAPS[tap],
            )
    for c in range(columns):
        cell(axes, columns + 2.25, c, label=f"{names[1]}$_{c + 1}$", colour="white")
    axes.text(0.87, (rows - 1) / 2, "=", ha="center", va="center", fontsize=14)
    axes.set(xlim=(-0.7, columns + 3), ylim=(max(rows, columns) - 0.4, -0.6), aspect="equal")
    axes.set_title(title, fontsize=11)
    axes.axis("off")


def cell(axes: Axes, x: float, y: float, *, label: str, colour: str) -> None:
    from matplotlib.patches import Rectangle

    edge = INK if colour == "white" else "white"
    axes.add_patch(Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, facecolor=colour, edgecolor=edge))
    ink = {"white": INK, PALE: "#8A8A8A"}.get(colour, "white")
    axes.text(x, y, label, ha="center", va="center", color=ink, fontsize=11)


def network_figure(readings: tuple[Configuration, ...]) -> Figure:
    """One panel per reading, three a row: nodes below, Z above, edges coloured by the weight that they share."""
    from matplotlib.figure import Figure

    rows = -(-len(readings) // 3)
    figure = Figure(figsize=(9.6, 3.1 * rows), facecolor="white", layout="constrained")
    panels = figure.subplots(rows, 3, squeeze=False).flatten()
    for axes in panels[len(readings) :]:
        axes.axis("off")
    for axes, c in zip(panels, readings, strict=False):
        network(axes, c)
    return figure


def network(axes: Axes, c: Configuration) -> None:
    place_z = [(c.n - 1) / 2 + (k - 0.5) * 1.6 for k in range(2)]
    for k, above in enumerate(place_z):
        channel, place = (k, 0) if c.O == 2 else (0, k)
        for u in range(c.m):
            low = c.s * place + c.r * u - c.p
            edge(axes, (low, 0.0), (above, 1.6), tap=u, dashed=channel == 1, at=0.3 if c.O == 2 else 0.62)
    for v in range(-c.p, c.n + c.p):
        inside = 0 <= v < c.n
        node(axes, v, 0.0, f"x$_{v + 1}$" if inside else "0", padding=not inside)
    for k, above in enumerate(place_z):
        node(axes, above, 1.6, f"z$_{k + 1}$")
    shared = f"{2 * c.m} weights, each used once" if c.O == 2 else f"{c.m} weights, each used twice"
    axes.set(xlim=(-c.p - 0.6, c.n + c.p - 0.4), ylim=(-0.45, 2.0))
    axes.set_title(f"{c.reading}: {c.label}\n{shared}", fontsize=10)
    axes.axis("off")


def edge(axes: Axes, low: tuple[float, float], high: tuple[float, float], *, tap: int, dashed: bool, at: float) -> None:
    """``at``: how far up the line its name stands, from 0 to 1."""
    axes.plot(*zip(low, high, strict=True), color=TAPS[tap], lw=2.6, ls=(0, (4, 1.6)) if dashed else "-", zorder=1)
    x, y = low[0] + at * (high[0] - low[0]), low[1] + at * (high[1] - low[1])
    name = f"v$_{tap + 1}$" if dashed else f"w$_{tap + 1}$"
    axes.text(
        x,
        y,
        name,
        color=INK,
        ha="center",
        va="center",
        fontsize=10,
        bbox={"fc": "white", "ec": "none", "pad": 0.6},
    )


def node(axes: Axes, x: float, y: float, label: str, padding: bool = False) -> None:
    face, ring = ("white", INK) if not padding else (PALE, "#8A8A8A")
    axes.plot([x], [y], "o", ms=26, mfc=face, mec=ring, mew=1.2, zorder=2)
    axes.text(x, y, label, ha="center", va="center", fontsize=11, zorder=3, color=ring)
