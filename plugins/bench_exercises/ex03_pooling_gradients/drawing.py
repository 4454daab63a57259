"""The figures of ex03."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from .byhand import Backward, Forward

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, LIGHT = "#0072B2", "#D55E00", "#C8C8C8"


def routes(at: Forward, back: Backward, pool: str) -> Figure:
    """For each data set: y below, out = (z1, z2) above, and an arrow per share with the derivative that returns."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.4), facecolor="white", layout="constrained")
    for number, axes in enumerate(figure.subplots(1, 2)):
        _layer(axes, at.y[number], at.out[number], shares=at.shares[number], dout=back.out[number], dy=back.y[number])
        axes.set_title(f"Data{number + 1}, {pool} pooling, stride 1", fontsize=11)
    return figure


def _layer(axes: Axes, y: Tensor, out: Tensor, *, shares: Tensor, dout: Tensor, dy: Tensor) -> None:
    for p in range(len(out)):
        for t in (p, p + 1):
            _arrow(axes, p + 0.5, t, share=float(shares[p, t]), dout=float(dout[p]))
        _box(axes, p + 0.5, 1.0, name=f"z{p + 1}", value=out[p])
        axes.text(p + 0.5, 1.2, f"dz = {dout[p]:+.3f}", ha="center", color=RED, fontsize=10)
    for t in range(len(y)):
        _box(axes, t, 0.0, name=f"y{t + 1}", value=y[t])
        axes.text(t, -0.2, f"dy = {dy[t]:+.3f}", ha="center", va="top", color=RED, fontsize=10, weight="bold")
    axes.set(xlim=(-0.5, len(y) - 0.5), ylim=(-0.35, 1.35))
    axes.axis("off")


def _arrow(axes: Axes, above: float, below: float, *, share: float, dout: float) -> None:
    """Down the arrow comes share · dout; an arrow that carries nothing is grey."""
    style = {"arrowstyle": "-|>", "color": RED if share else LIGHT, "linewidth": 0.8 + 1.6 * share}
    axes.annotate("", (below, 0.12), (above, 0.88), arrowprops=style, zorder=1)
    label = f"×{share:g}: {share * dout:+.3f}" if share else "0"
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    down = 0.35 if below < above else 0.65
    axes.text(
        above + down * (below - above),
        0.88 - 0.76 * down,
        label,
        ha="center",
        va="center",
        fontsize=9,
        color=RED if share else "#777777",
        bbox=box,
    )


def _box(axes: Axes, x: float, height: float, *, name: str, value: Tensor) -> None:
    box = {"boxstyle": "round,pad=0.35", "facecolor": "#E8F1F8", "edgecolor": BLUE}
    axes.text(x, height, f"{name} = {value:.3f}", ha="center", va="center", fontsize=10, bbox=box, zorder=3)
