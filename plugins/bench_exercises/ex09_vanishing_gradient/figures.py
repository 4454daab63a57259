"""Every picture, and the curves and cells in which more than one question reports.

Gradients lie on a logarithmic axis that shows exact zeros too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from bench import Lab

from .by_hand import Norms, Trained, norms

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PINK, SKY, YELLOW, INK = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
    "#333333",
)
COLOURS = {"sigmoid": BLUE, "ReLU": ORANGE, "sigmoid + BN": SKY, "ReLU + BN": YELLOW}
DEPTH_COLOURS = (BLUE, ORANGE, GREEN, PINK, INK)
Lines = Mapping[str, Tensor]
"""One (layers, K) tensor of norms for each model."""
RANGE = "median, smallest and largest over the networks"


def norms_of_all(cells: Sequence[Trained]) -> Figure:
    """A row for each depth, L1 on the left and L2 on the right, both models in each panel."""
    panels: dict[str, dict[str, Tensor]] = {}
    for cell in cells:
        found = norms(cell.stack, cell.task)
        for norm, values in (("L1", found.l1), ("L2", found.l2)):
            panels.setdefault(f"{cell.stack.depth} hidden layers, {norm}", {})[str(cell.stack.model)] = values
    return along_layers(panels, "norm of ∂cost/∂W", columns=2, same_scale=True)


def along_layers(panels: Mapping[str, Lines], label: str, *, columns: int, same_scale: bool = False) -> Figure:
    """A panel for each title: every network a thin line, the median of all of them a thick one.

    Zeros have a row of their own, below the powers of ten: crosses, and for how many networks they stand.
    """
    from matplotlib.figure import Figure

    rows = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(4.4 * columns, 2.7 * rows + 0.6), facecolor="white")
    spacing = {"wspace": 0.25, "hspace": 0.5}
    grid = figure.subplots(rows, columns, squeeze=False, gridspec_kw=spacing).flatten().tolist()
    for axes, (title, lines) in zip(grid, panels.items(), strict=False):
        compared = list(panels.values()) if same_scale else [lines]
        panel(axes, lines, Scale.of(compared))
        axes.set_title(title, fontsize=11)
    for axes in grid[::columns]:
        axes.set_ylabel(label)
    for axes in grid[-columns:]:
        axes.set_xlabel("layer (1 = next to the input)")
    legend(figure, grid)
    return figure


class Scale(NamedTuple):
    """The powers of ten between which everything lies that is not 0, and how many lines have zeros at all."""

    lowest: int
    highest: int
    zero_rows: int

    @classmethod
    def of(cls, panels: Sequence[Lines]) -> Scale:
        every = [line for lines in panels for line in lines.values()]
        exponents = torch.cat([values[values > 0].log10() for values in every])
        if not len(exponents):  # zeros alone
            exponents = torch.zeros(1)
        rows = max(sum(bool((line == 0).any()) for line in lines.values()) for lines in panels)
        lowest = math.floor(float(exponents.min()))
        return cls(lowest, max(lowest + 1, math.ceil(float(exponents.max()))), rows)


def panel(axes: Axes, lines: Lines, scale: Scale) -> None:
    from matplotlib.ticker import FixedLocator, MaxNLocator

    lowest, highest, rows = scale
    step = math.ceil((highest - lowest) / 6)
    gap = 0.08 * (highest - lowest)
    ticks = {float(power): f"$10^{{{power}}}$" for power in range(highest, lowest - 1, -step)}
    bottom = lowest - gap / 2
    for name, values in lines.items():
        colour, layers = COLOURS[name], range(1, len(values) + 1)
        # The median counts the zeros: one of what is left of a stack would show the networks that survived.
        middle = values.median(1).values
        axes.plot(layers, logarithms(values), color=colour, lw=0.6, alpha=0.35)
        axes.plot(layers, logarithms(middle), color=colour, lw=2.4, marker="o", ms=3.5)
        if bool((values == 0).any()):
            bottom -= 2 * gap
            zeros(axes, values, bottom + gap, colour)
            ticks[bottom + gap] = "0"
    axes.set_ylim(lowest - gap / 2 - 2 * gap * rows, highest + gap / 2)
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.yaxis.set_minor_locator(FixedLocator([]))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.grid(axis="y", color="#DDDDDD", lw=0.6)


def logarithms(values: Tensor) -> Any:
    """Of what is not 0; a line has a gap where there is none."""
    return torch.where(values > 0, values.log10(), torch.nan).cpu().numpy()


def zeros(axes: Axes, values: Tensor, height: float, colour: str) -> None:
    """A cross at each layer whose gradient is exactly 0 in some network, and in how many; a dot where in most."""
    counts = (values == 0).sum(1).tolist()
    layers = [layer for layer, count in enumerate(counts, start=1) if count]
    most = [layer for layer in layers if float(values.median(1).values[layer - 1]) == 0]
    some = sorted({counts[layer - 1] for layer in layers})
    axes.plot(layers, [height] * len(layers), "x", color=colour, ms=5, mew=1.5)
    axes.plot(most, [height] * len(most), color=colour, lw=2.4, marker="o", ms=3.5)
    text = f"exactly 0 in {' to '.join(map(str, dict.fromkeys((some[0], some[-1]))))} of {values.shape[1]}"
    axes.annotate(text, (layers[0], height), (0, 6), textcoords="offset points", fontsize=8, color=colour)


def legend(figure: Figure, grid: Sequence[Axes]) -> None:
    from matplotlib.lines import Line2D

    names = [name for name in COLOURS if any(uses(axes, COLOURS[name]) for axes in grid)]
    marks = [Line2D([], [], color=COLOURS[name], lw=2.4, marker="o", ms=4, label=f"{name}, median") for name in names]
    marks.append(Line2D([], [], color="#888888", lw=0.8, label="one network"))
    if any(axes.texts for axes in grid):
        marks.append(Line2D([], [], color="#888888", lw=0, marker="x", mew=1.5, label="exactly 0"))
    below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.065 if len(grid) > 2 else 0.0)}
    figure.legend(handles=marks, ncols=4, fontsize=10, frameon=False, **below)


def uses(axes: Axes, colour: str) -> bool:
    return any(line.get_color() == colour for line in axes.lines)


def collapse(
    panels: Mapping[str, Sequence[tuple[str, Tensor, str, str]]], laws: Mapping[str, Sequence[Tensor]]
) -> Figure:
    """Two quantities against the layer in every panel: (label, (L,) of values, colour, dash) each, and their laws as
    dotted lines through the values of the first two at the end where each begins."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(4.6 * len(panels), 3.9), facecolor="white", layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (title, lines) in zip(grid, panels.items(), strict=True):
        for label, values, colour, dash in lines:
            axes.semilogy(range(1, len(values) + 1), values.cpu(), dash, color=colour, label=label, lw=2)
        for law in laws[title]:
            axes.semilogy(range(1, len(law) + 1), law.cpu(), ":", color=INK, lw=1.4, label="law of five nodes")
        axes.set_title(title, fontsize=11)
        axes.set_xlabel("layer (1 = next to the input)")
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.grid(axis="y", color="#DDDDDD", lw=0.6)
    handles, labels = grid[0].get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    figure.legend(unique.values(), unique.keys(), loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure


def learning(cells: Sequence[Trained]) -> Figure:
    """Cost above error, a column for each model, a colour for each depth: means over the networks."""
    from matplotlib.figure import Figure

    models = list(dict.fromkeys(cell.stack.model for cell in cells))
    figure = Figure(figsize=(4.6 * len(models), 6.4), facecolor="white")
    spacing = {"wspace": 0.06, "hspace": 0.08}
    grid = figure.subplots(2, len(models), sharex=True, sharey="row", squeeze=False, gridspec_kw=spacing)
    for column, model in enumerate(models):
        own = [cell for cell in cells if cell.stack.model == model]
        for cell, colour in zip(own, DEPTH_COLOURS, strict=False):
            trace, name = cell.trace, f"{cell.stack.depth} hidden layers"
            for axes, train, test in (
                (grid[0, column], trace.train_cost, trace.test_cost),
                (grid[1, column], 100 * trace.train_error, 100 * trace.test_error),
            ):
                axes.plot(train.mean(1).cpu().numpy(), color=colour, lw=1.8, label=name)
                axes.plot(test.mean(1).cpu().numpy(), color=colour, lw=1.3, ls=(0, (4, 2)))
        grid[0, column].set_title(str(model), fontsize=11)
        grid[1, column].set_xlabel("epoch")
    grid[0, 0].set_ylabel("cost: cross entropy (nat)")
    grid[1, 0].set_ylabel("error (%)")
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="upper center", bbox_to_anchor=(0.5, 0.04), ncols=len(names), fontsize=9, frameon=False
    )
    return figure


def spread(values: Tensor) -> str:
    """Median, and in brackets the smallest and the largest."""
    return f"{values.median():.3g} ({values.min():.3g} … {values.max():.3g})"


def results(lab: Lab, cells: Sequence[Trained]) -> None:
    """Errors and costs at the end, and the way there."""
    lab.table(f"After the last epoch ({RANGE})", [result_row(cell) for cell in cells])
    for cell in cells:
        last = {name: values[-1] for name, values in cell.trace._asdict().items()}
        lab.metric(f"{cell.label}: networks that learned", 100 * learned(cell).double().mean(), "%")
        lab.metric(f"{cell.label}: train error, mean", 100 * last["train_error"].mean(), "%")
        lab.metric(f"{cell.label}: test error, mean", 100 * last["test_error"].mean(), "%")
        lab.metric(f"{cell.label}: train cost, mean", last["train_cost"].mean(), "nat")
        lab.metric(f"{cell.label}: test cost, mean", last["test_cost"].mean(), "nat")
    lab.table("Error and cost, means over the networks", [mean_row(cell) for cell in cells])
    by_depth(lab, cells, "error", "%")
    by_depth(lab, cells, "cost", "nat")
    lab.figure("Learning", learning(cells), "Means over the networks; solid: training set, dashed: test set.")


def by_depth(lab: Lab, cells: Sequence[Trained], name: str, unit: str) -> None:
    count = min(len(cell.stack) for cell in cells)
    for model in dict.fromkeys(cell.stack.model for cell in cells):
        own = [cell for cell in cells if cell.stack.model == model]
        for split in ("train", "test"):
            finals = [float(getattr(cell.trace, f"{split}_{name}")[-1].mean()) for cell in own]
            lab.curve(
                f"final {name}, mean over the networks",
                [cell.stack.depth for cell in own],
                [value * (100 if unit == "%" else 1) for value in finals],
                series=f"{model}, {split}",
                x_label="hidden layers",
                y_label=f"{name}, mean of {count} networks ({unit})",
            )


def mean_row(cell: Trained) -> dict[str, Any]:
    trace = cell.trace
    return {
        "model": str(cell.stack.model),
        "hidden layers": cell.stack.depth,
        "train error (%)": 100 * trace.train_error[-1].mean(),
        "test error (%)": 100 * trace.test_error[-1].mean(),
        "train cost (nat)": trace.train_cost[-1].mean(),
        "test cost (nat)": trace.test_cost[-1].mean(),
        "learned": f"{int(learned(cell).sum())} of {len(cell.stack)}",
    }


def result_row(cell: Trained) -> dict[str, Any]:
    trace = cell.trace
    return {
        "model": str(cell.stack.model),
        "hidden layers": cell.stack.depth,
        "train error (%)": spread(100 * trace.train_error[-1]),
        "test error (%)": spread(100 * trace.test_error[-1]),
        "train cost (nat)": spread(trace.train_cost[-1]),
        "test cost (nat)": spread(trace.test_cost[-1]),
        "networks that learned": f"{int(learned(cell).sum())} of {len(cell.stack)}",
    }


def learned(cell: Trained) -> Tensor:
    """(K,) bool: networks with less than half the training error of the constant answer."""
    return cell.trace.train_error[-1] < cell.task.majority_error() / 2


def gradient_table(lab: Lab, cells: Sequence[Trained]) -> None:
    """In two tables, since one would be wider than a page."""
    found = [norms(cell.stack, cell.task) for cell in cells]
    pairs = list(zip(cells, found, strict=True))
    lab.table(f"The gradient of the first and of the last weight matrix, L2 ({RANGE})", [ratio_row(*p) for p in pairs])
    lab.table(f"The same gradients, L1 and mean |g| ({RANGE})", [size_row(*p) for p in pairs])


def ratio_row(cell: Trained, found: Norms) -> dict[str, Any]:
    ratio = found.ratio()
    return {
        "model": str(cell.stack.model),
        "hidden layers": cell.stack.depth,
        "first, L2": spread(found.l2[0]),
        "last, L2": spread(found.l2[-1]),
        "first / last, L2": spread(ratio[found.l2[-1] > 0]) if bool((found.l2[-1] > 0).any()) else "0 / 0",
        "first exactly 0": f"{int((found.l2[0] == 0).sum())} of {len(cell.stack)}",
    }


def size_row(cell: Trained, found: Norms) -> dict[str, Any]:
    return {
        "model": str(cell.stack.model),
        "hidden layers": cell.stack.depth,
        "first, L1": spread(found.l1[0]),
        "last, L1": spread(found.l1[-1]),
        "first, mean |g|": spread(found.mean[0]),
        "last, mean |g|": spread(found.mean[-1]),
    }
