"""9b: the norms of the gradient of every layer's weights after the last epoch, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest

from . import b_collapse, b_dead
from .by_hand import Norms, Trained, backpropagate, dead, norms, passed, signals, trained
from .checks import norms_error
from .figures import gradient_table, learned, norms_of_all, spread
from .problem import BATCH, A, B, Choices

NORMS = "L1, L2 and mean of every layer's gradient = PyTorch's of autograd's"
FLOOR = 1e-10
"""Where a logarithmic axis shows exact zeros. A single network that is alive may be lower; a median that is not 0 was
above 1e-7."""
CAPTION = "Each thin line is a network, thick the median of all of them; crosses below: exact zeros."


def study(lab: Lab, choices: Choices) -> None:
    # The ReLU first: another part that runs beside this one begins with the sigmoid.
    relu, sigmoid = ([trained(lab, choices.of(m), depth, choices) for depth in choices.depth] for m in (B, A))
    cells = sigmoid + relu
    lab.figure("Norms of the gradient after the last epoch, L1 and L2", norms_of_all(cells), CAPTION)
    gradient_table(lab, cells)
    relative_curve(lab, cells)
    deepest = sigmoid[-1]
    lab.metric("sigmoid: first over last gradient, deepest, median", norms_after(deepest).ratio().median())
    deltas = signals(deepest.stack, deepest.task)
    lab.metric("sigmoid: ‖δ‖ of the first over the last hidden layer, deepest, median", deltas.ratio().median())
    lab.metric("sigmoid: ‖Σδ‖ / (√N ‖δ‖) of the output layer, deepest, median", cancelled(deepest).median())
    lab.claim(NORMS, largest(norms_error(cell) for cell in cells), at_most=1e-9)
    b_collapse.study(lab, sigmoid, relu, choices)
    kinds(lab, relu)
    b_dead.study(lab, relu, choices)
    break_it(lab, *mistakes(sigmoid[0]))


def norms_after(cell: Trained) -> Norms:
    return norms(cell.stack, cell.task)


def cancelled(cell: Trained) -> Tensor:
    """(K,): what is left of δ of the outputs when it is summed over the N tumours, ‖Σδ_i‖ / √(N Σ‖δ_i‖²)."""
    _, deltas = backpropagate(cell.stack, cell.task.x, cell.task.y)
    top = deltas[-1]
    return top.sum(1).norm(dim=1) / (top.shape[1] ** 0.5 * top.square().sum((1, 2)).sqrt())


def relative_curve(lab: Lab, cells: Sequence[Trained]) -> None:
    """Layers of different sizes on one footing, and the size of the loss taken out: mean |g|, over the last layer's."""
    for cell in cells:
        mean = norms_after(cell).mean
        # A dead network has 0 there, and the median counts it; 0/0 where even the last gradient is 0 counts as 0.
        middle = (mean / mean[-1]).nan_to_num(posinf=0).median(1).values
        can_die = cell.stack.model.activation == "ReLU"
        lab.curve(
            f"mean |g| over the last layer's, median of all networks: {cell.stack.model}",
            range(1, len(middle) + 1),
            middle.clamp_min(FLOOR) if can_die else middle,
            series=f"{cell.stack.depth} hidden layers",
            x_label="layer",
            y_label="mean |g| / the last layer's" + (f" (no lower than {FLOOR:g})" if can_die else ""),
            scale="log-y",
        )


def kinds(lab: Lab, cells: Sequence[Trained]) -> None:
    """Every ReLU network after the training: learned and open, alive and not learned, blocked, or dead."""
    rows: list[dict[str, Any]] = []
    for cell in cells:
        silent, able, ratio = dead(cell.stack, cell.task.x), learned(cell), norms_after(cell).ratio()
        blocked = ~passed(cell.stack, cell.task.x) & ~silent
        kind = {"learned": able & ~blocked, "alive, not learned": ~able & ~silent & ~blocked}
        kind |= {"blocked": blocked, "dead": silent & ~able}
        row: dict[str, Any] = {"hidden layers": cell.stack.depth}
        for name, those in kind.items():
            row[name] = int(those.sum())
            row[f"{name}: first / last gradient"] = spread(ratio[those].nan_to_num()) if bool(those.any()) else "–"
        rows.append(row)
        lab.metric(f"{cell.label}: dead after the training", 100 * silent.double().mean(), "%")
    lab.table("ReLU after the last epoch: how many networks of each kind, and ‖g₁‖ / ‖g of the output layer‖", rows)
    both = sum(int((dead(c.stack, c.task.x) & learned(c)).sum()) for c in cells)
    lab.claim("dead ReLU networks that learned all the same", both, equals=0)
    differ = sum(int(((norms_after(c).l2[0] != 0) != passed(c.stack, c.task.x)).sum()) for c in cells)
    lab.claim("trained ReLU networks: first gradient 0, though a tumour passes, or the reverse", differ, equals=0)
    level(lab, cells)


def level(lab: Lab, cells: Sequence[Trained]) -> None:
    open_to_some = [learned(cell) & passed(cell.stack, cell.task.x) for cell in cells]
    ratios = torch.cat([norms_after(cell).ratio()[those] for cell, those in zip(cells, open_to_some, strict=True)])
    if not len(ratios):
        return
    name = "ReLU networks that learned: first over last gradient, median, powers of ten off 1"
    lab.claim(name, ratios.median().log10().abs(), at_most=1, as_declared=True)


def mistakes(cell: Trained) -> list[Mistake]:
    right = norms_after(cell)
    stack, task = cell.stack, cell.task
    backpropagate(stack, task.x[:, -BATCH:], task.y[:, -BATCH:])
    batch = torch.stack([layer.weight.flatten(1).norm(dim=1) for layer in stack.gradients])
    backpropagate(stack, task.x, task.y)
    biases = torch.stack([torch.cat([g.weight.flatten(1), g.bias.flatten(1)], 1).norm(dim=1) for g in stack.gradients])
    return [
        Mistake(name="the squared norm for the norm", fails=NORMS, value=apart(right.l2.square(), right.l2)),
        Mistake(name="the mean |g| reported as L1", fails=NORMS, value=apart(right.mean, right.l1)),
        Mistake(name="biases counted with the weights", fails=NORMS, value=apart(biases, right.l2)),
        Mistake(name="the last mini-batch for the whole set", fails=NORMS, value=apart(batch, right.l2)),
        Mistake(name="layers numbered from the output", fails=NORMS, value=apart(right.l2.flip(0), right.l2)),
    ]


def apart(found: Tensor, right: Tensor) -> float:
    """The largest relative difference of any norm that is not 0."""
    return float(((found - right).abs() / right)[right > 0].max())
