"""The routes of a derivative, the tables of every number, and the curves of a training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from bench import Lab

from .by_hand import Backward, Forward, backward, forward, parameters, step
from .checks import numeric
from .problem import SHEET_LR, Filter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROUTES = "Which y each window reads, and the derivative that returns along each arrow; what meets in y2 is added."
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


def quantities(at: Forward, back: Backward) -> Iterator[dict[str, Any]]:
    """Each vector of the forward and of the backward pass, one entry a column."""
    named = {
        "y of Data1": at.y[0],
        "y of Data2": at.y[1],
        "z of Data1": at.out[0],
        "z of Data2": at.out[1],
        "e, the difference of both z": at.e,
        "loss": at.loss[None],
        "dz of Data1 = -e / ‖e‖": back.out[0],
        "dz of Data2 = e / ‖e‖": back.out[1],
        "dy of Data1": back.y[0],
        "dy of Data2": back.y[1],
        "dW of channel 1": back.weight[0],
        "dW of channel 2": back.weight[1],
        "db": back.bias,
    }
    for name, values in named.items():
        yield {"quantity": name, **{str(i + 1): values[i] if i < len(values) else None for i in range(3)}}


def updates(x: Tensor, f: Filter, pool: str, norms: Sequence[str], *, lr: float) -> Iterator[dict[str, Any]]:
    """For each norm and parameter: before, derivative by hand and numerically, after one step."""
    for norm in norms:
        back = backward(forward(x, f, pool, norm), x, norm)
        columns = [parameters(part) for part in (f, back, numeric(x, f, pool, norm), step(f, back, lr))]
        for i, name in enumerate(("w[1,1]", "w[1,2]", "w[2,1]", "w[2,2]", "bias")):
            before, found, differences, after = (column[i] for column in columns)
            yield {
                "norm": norm,
                "parameter": name,
                "before": before,
                "by hand": found,
                "numeric": differences,
                "after": after,
                "change": after - before,
            }


def course(lab: Lab, x: Tensor, f: Filter, *, pool: str, norms: Sequence[str]) -> None:
    """Many updates at the sheet's rate: how each norm falls."""
    steps = lab.pick(smoke=300, quick=800, full=2000)
    for norm in norms:
        lengths, current = [], f
        for _ in range(steps):
            at = forward(x, current, pool, norm)
            lengths.append(at.e.norm())
            current = step(current, backward(at, x, norm), SHEET_LR)
        lab.curve(
            f"3: ‖e‖ while training at lr 1e-4, {pool} pooling",
            range(steps),
            torch.stack(lengths),
            series=f"{norm} norm",
            x_label="update",
            y_label="‖e‖",
            kind="course",
        )
