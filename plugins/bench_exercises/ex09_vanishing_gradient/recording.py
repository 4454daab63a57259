"""What the parts write down about trained networks: tables, charts and figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from bench import Lab

from .drawing import along_layers, learning
from .experiment import Trained
from .gradients import ratios

NEITHER = "median, smallest and largest over the networks"


def results(lab: Lab, cells: Sequence[Trained], majority: float) -> None:
    """Errors and costs at the end, and the way there."""
    lab.table(f"After the last epoch ({NEITHER})", [result_row(cell, majority) for cell in cells])
    for cell in cells:
        share = learned(cell.trace.train_error[-1], majority) / len(cell.stack)
        lab.metric(f"{cell.label}: networks that learned", 100 * share, "%")
        lab.metric(f"{cell.label}: test error, mean", 100 * cell.trace.test_error[-1].mean(), "%")
    for name, unit in (("error", "%"), ("cost", "nat")):
        for model in dict.fromkeys(cell.stack.model for cell in cells):
            for split in ("train", "test"):
                own = [cell for cell in cells if cell.stack.model == model]
                finals = [getattr(cell.trace, f"{split}_{name}")[-1].mean() for cell in own]
                lab.curve(
                    f"final {name}, mean over the networks",
                    [cell.stack.depth for cell in own],
                    [float(value) * (100 if unit == "%" else 1) for value in finals],
                    series=f"{model}, {split}",
                    x_label="hidden layers",
                    y_label=f"{name}, mean of {min(len(cell.stack) for cell in own)} networks ({unit})",
                )
    lab.figure("Learning", learning(cells), "Means over the networks; solid: training set, dashed: test set.")


def result_row(cell: Trained, majority: float) -> dict[str, Any]:
    trace = cell.trace
    return {
        "model": str(cell.stack.model),
        "hidden layers": cell.stack.depth,
        "train error (%)": spread(100 * trace.train_error[-1]),
        "test error (%)": spread(100 * trace.test_error[-1]),
        "train cost (nat)": spread(trace.train_cost[-1]),
        "test cost (nat)": spread(trace.test_cost[-1]),
        "networks that learned": f"{learned(trace.train_error[-1], majority)} of {len(cell.stack)}",
    }


def learned(error: Tensor, majority: float) -> int:
    """Networks with less than half the error of the constant answer."""
    return int((error < majority / 2).sum())


def spread(values: Tensor) -> str:
    """Median, and in brackets the smallest and the largest."""
    return f"{values.median():.3g} ({values.min():.3g} … {values.max():.3g})"


def gradient_table(lab: Lab, cells: Sequence[Trained]) -> None:
    """In two tables, since one would be wider than a page."""
    lab.table(f"The gradient of the first and of the last weight matrix, L2 ({NEITHER})", map(ratio_row, cells))
    lab.table(f"The same gradients, L1 and mean |g| ({NEITHER})", map(size_row, cells))


def ratio_row(cell: Trained) -> dict[str, Any]:
    after = cell.after
    return {
        "model": str(cell.stack.model),
        "hidden layers": cell.stack.depth,
        "first, L2": spread(after.l2[0]),
        "last, L2": spread(after.l2[-1]),
        "first / last, L2": spread(ratios(after)),
        "first exactly 0": f"{int((after.l2[0] == 0).sum())} of {len(cell.stack)}",
    }


def size_row(cell: Trained) -> dict[str, Any]:
    after = cell.after
    return {
        "model": str(cell.stack.model),
        "hidden layers": cell.stack.depth,
        "first, L1": spread(after.l1[0]),
        "last, L1": spread(after.l1[-1]),
        "first, mean |g|": spread(after.mean[0]),
        "last, mean |g|": spread(after.mean[-1]),
    }


def relative_curve(lab: Lab, cells: Sequence[Trained]) -> None:
    """Layers of different sizes on one footing, and the size of the loss taken out: mean |g|, over the last layer's."""
    for cell in cells:
        relative = cell.after.mean / cell.after.mean[-1]
        middle = [float(row[row > 0].median()) if bool((row > 0).any()) else 0.0 for row in relative.nan_to_num()]
        layers = [layer for layer, value in enumerate(middle, start=1) if value > 0]
        if not layers:  # every network is dead
            continue
        lab.curve(
            f"mean |g| over the last layer's, median without the zeros: {cell.stack.model}",
            layers,
            [middle[layer - 1] for layer in layers],
            series=f"{cell.stack.depth} hidden layers",
            x_label="layer",
            y_label="mean |g| / mean |g| of the last layer",
            scale="log-y",
        )


def norm_figures(lab: Lab, cells: Sequence[Trained]) -> None:
    """L1 and L2 against the layer, one panel for each depth."""
    for norm in ("L1", "L2"):
        panels: dict[str, Mapping[str, Tensor]] = {}
        for cell in cells:
            title = f"{cell.stack.depth} hidden layers"
            panels[title] = {**panels.get(title, {}), str(cell.stack.model): getattr(cell.after, norm.lower())}
        lab.figure(
            f"{norm} norms of the gradient after the last epoch",
            along_layers(panels, f"{norm} norm of ∂cost/∂W"),
            "Each thin line is a network, thick their median without the zeros; crosses below: exact zeros.",
        )
