"""Part b's findings: how fast sigmoid's gradient falls, and which ReLU networks are dead."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from . import mean_field
from .experiment import Trained, seeds
from .gradients import dead, fall, finite, norms, ratios
from .models import B, Model
from .stack import Stack
from .task import Task


def slope_per_layer(lab: Lab, cells: Sequence[Trained]) -> None:
    """Sigmoid: a line through log₁₀(first / last) over the depth, for each seed."""
    if len(cells) > 1:
        depths = torch.tensor([cell.stack.depth for cell in cells]).to(cells[0].after.l2)
        centred = (depths - depths.mean())[:, None]
        logs = torch.stack([cell.after.ratio().log10() for cell in cells])
        lost = -(centred * logs).sum(0) / centred.square().sum()
        name = "sigmoid: powers of ten lost per added layer, the least of all seeds"
        lab.claim(name, lost.min(), at_least=0.4, as_declared=True)
        lab.metric("sigmoid: powers of ten lost per added layer, median", finite(lost).median())
    deepest = cells[-1]
    lab.metric("sigmoid: first over last gradient, deepest, median", ratios(deepest.after).median())


def at_the_start(lab: Lab, deepest: Trained) -> None:
    """What is lost from one layer to the layer below, before any training, beside the law of wide layers."""
    name = deepest.stack.model.activation
    law = mean_field.powers_of_ten(mean_field.without(name, deepest.stack.model.initialisation))
    lab.metric(f"{name}: powers of ten per layer at the start", -middle(fall(deepest.before)))
    lab.metric(f"{name}: powers of ten per layer at the start, law of wide layers", law)


def middle(values: Tensor) -> Tensor:
    """The median of the numbers among them; 0 where there is none."""
    numbers = values[~values.isnan()]
    return numbers.median() if len(numbers) else torch.zeros(())


def dead_networks(lab: Lab, task: Task, cells: Sequence[Trained]) -> None:
    lab.table("ReLU networks that are dead: one hidden layer gives 0 for every tumour", map(dead_row, cells))
    risen = sum(int((cell.dead_before & ~cell.dead_after).sum()) for cell in cells)
    lab.claim("networks dead before the training and alive after it", risen, equals=0)
    silent = [cell.after.l2[0][cell.dead_after] for cell in cells]
    lab.claim("the first layer's gradient in dead networks, largest", torch.cat(silent).sum(), equals=0)
    spread = largest(output_spread(cell, task) for cell in cells)
    lab.claim("how much the outputs of a dead network differ between tumours", spread, at_most=1e-12)
    born_dead(lab, task, cells[0].stack.model.width, [cell.stack.depth for cell in cells])


def dead_row(cell: Trained) -> dict[str, Any]:
    return {
        "hidden layers": cell.stack.depth,
        "networks": len(cell.stack),
        "dead before": int(cell.dead_before.sum()),
        "dead after": int(cell.dead_after.sum()),
        "first gradient exactly 0, before": int((cell.before.l2[0] == 0).sum()),
        "first gradient exactly 0, after": int((cell.after.l2[0] == 0).sum()),
        "every gradient exactly 0, after": int((cell.after.l2 == 0).all(0).sum()),
    }


def output_spread(cell: Trained, task: Task) -> float:
    """Relative to the outputs where these are above 1: they are known to so many digits."""
    outputs = cell.stack.outputs(task.x)[cell.dead_after]
    spread = (outputs.amax(1) - outputs.amin(1)) / outputs.abs().amax(1).clamp(min=1)
    return float(spread.max()) if len(outputs) else 0.0


def born_dead(lab: Lab, task: Task, width: int, depths: Sequence[int]) -> None:
    """Before any training, of many networks: PyTorch's initialisation and He's."""
    count = lab.pick(smoke=10, quick=200, full=1000)
    rows = [born_dead_row(B._replace(width=width), depth, seeds(lab, count), task) for depth in depths]
    lab.table("ReLU networks before any training", rows)
    for way in ("PyTorch", "He"):
        lab.metric(f"ReLU networks dead before any training, deepest, {way}", rows[-1][f"dead at once, {way} (%)"], "%")


def born_dead_row(model: Model, depth: int, chosen: Sequence[int], task: Task) -> dict[str, float]:
    row: dict[str, float] = {"hidden layers": depth, "networks": len(chosen)}
    stack = Stack(model, depth, chosen, device=task.x.device, dtype=task.x.dtype)
    for way in ("PyTorch", "He"):
        if way == "He":
            initialise_like_he(stack)
        gradients = norms(stack, task)
        row[f"dead at once, {way} (%)"] = 100 * float(dead(stack, task.x).double().mean())
        row[f"first gradient exactly 0, {way} (%)"] = 100 * float((gradients.l2[0] == 0).double().mean())
        row[f"powers of ten per layer, {way}"] = -float(middle(fall(gradients)))
    return row


def initialise_like_he(stack: Stack) -> None:
    """He 2015, equation 10: a variance of 2/n, six times that of PyTorch's U(-1/√n, 1/√n), and biases of 0."""
    for layer in stack.layers:
        layer.weight.mul_(6**0.5)
        layer.bias.zero_()
