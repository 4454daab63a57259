"""9b: dead ReLU networks, of which one hidden layer gives 0 for every tumour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from bench import Lab

from .by_hand import Trained, dead, norms, passed
from .network import Stack
from .problem import B, Choices, Task, pose, seeds
from .reference import is_dead, module_of

COUNTED = 20
"""Networks that PyTorch's modules are asked about, too."""


def study(lab: Lab, cells: Sequence[Trained], choices: Choices) -> None:
    lab.table("ReLU networks that are dead: one hidden layer gives 0 for every tumour", map(row, cells))
    risen = sum(int((dead(c.start, c.task.x) & ~dead(c.stack, c.task.x)).sum()) for c in cells)
    lab.claim("networks dead before the training and alive after it", risen, equals=0)
    at_birth(lab, choices)


def row(cell: Trained) -> dict[str, Any]:
    before, after = (norms(each, cell.task).l2 for each in (cell.start, cell.stack))
    return {
        "hidden layers": cell.stack.depth,
        "networks": len(cell.stack),
        "dead before": int(dead(cell.start, cell.task.x).sum()),
        "dead after": int(dead(cell.stack, cell.task.x).sum()),
        "first gradient exactly 0, before": int((before[0] == 0).sum()),
        "first gradient exactly 0, after": int((after[0] == 0).sum()),
    }


def at_birth(lab: Lab, choices: Choices) -> None:
    """Many networks that no one has trained: as PyTorch draws them, and as He et al. do."""
    count = lab.pick(smoke=40, quick=200, full=1000)
    chosen = seeds(lab, count)
    # Whether a network is dead hangs on its weights far more than on the split: one for all of them.
    task = Task(*(values.expand(count, *values.shape[1:]) for values in pose(lab, chosen[:1], choices.split)))
    model = choices.of(B)
    rows: list[dict[str, Any]] = []
    for depth in choices.depth:
        stacks = {
            "PyTorch": Stack(model._replace(initialisation="pytorch"), depth, chosen, like=task.x),
            "He": Stack(model._replace(initialisation="he"), depth, chosen, like=task.x),
        }
        rows.append({"hidden layers": depth, "networks": count})
        rows[-1] |= {f"dead at once, {way} (%)": 100 * share(dead(each, task.x)) for way, each in stacks.items()}
    lab.table("ReLU networks before any training", rows)
    for way, stack in stacks.items():
        name = f"ReLU networks dead before any training, deepest, {way}"
        lab.metric(name, 100 * share(dead(stack, task.x)), "%")
    what_dead_means(lab, stacks["PyTorch"], task)
    one_tumour(lab, stacks["He"], task)


def share(those: Tensor) -> float:
    return float(those.double().mean())


def what_dead_means(lab: Lab, stack: Stack, task: Task) -> None:
    """Claims of the deepest networks at birth, dead and alive."""
    silent = dead(stack, task.x)
    few = range(min(COUNTED, len(stack)))
    asked = [is_dead(module_of(stack, k), task.x[k]) for k in few]
    differ = sum(theirs != ours for theirs, ours in zip(asked, silent.tolist(), strict=False))
    lab.claim("dead networks at birth: verdicts that PyTorch's modules do not share", differ, equals=0)
    name = "dead networks at birth: how many there are"
    lab.claim(name, silent.sum(), at_least=fewest_dead(stack), as_declared=True)
    every, apart = norms(stack, task).l2, output_spread(stack, task)
    gradient, below = every[0], every[: stack.depth + 1] * up_to_dead(stack, task)
    lab.claim("gradients of dead networks up to the layer behind the dead one, all together", below.sum(), equals=0)
    lab.claim("how much the outputs of a dead network differ between tumours", apart[silent].sum(), at_most=1e-12)
    open_to_some = passed(stack, task.x)
    differ = int(((gradient != 0) != open_to_some).sum())
    lab.claim(
        "networks whose first gradient is 0, though some tumour passes every layer, or the reverse", differ, equals=0
    )
    lab.metric(
        "living networks of which different layers block different tumours", int((~silent & ~open_to_some).sum())
    )


def fewest_dead(stack: Stack) -> float:
    """By the law of one tumour over the upper half of the layers, where all tumours have become alike and so fall
    silent together, less two standard errors. The lower layers add to it."""
    law = died(stack.model.width, stack.depth // 2)
    return len(stack) * law - 2 * math.sqrt(len(stack) * law * (1 - law))


def died(width: int, layers: int) -> float:
    """The probability that one of ``layers`` gives 0 for a given tumour."""
    return float(1 - (1 - 2.0**-width) ** layers)


def up_to_dead(stack: Stack, task: Task) -> Tensor:
    """(L + 1, K) bool: layers 1 to l + 1 of a network whose layer l gives 0 for every tumour."""
    _, saved = stack.forward(task.x)
    silent = torch.stack([(layer.above == 0).flatten(1).all(1) for layer in saved[:-1]])
    silent = torch.cat([silent[:1], silent])  # whether layer l is silent stands at l + 1
    return silent.flip(0).int().cummax(0).values.flip(0)


def output_spread(stack: Stack, task: Task) -> Tensor:
    """(K,): relative to the outputs where these are above 1: they are known to so many digits."""
    outputs = stack.outputs(task.x)
    return ((outputs.amax(1) - outputs.amin(1)) / outputs.abs().amax(1).clamp(min=1)).amax(1)


def one_tumour(lab: Lab, stack: Stack, task: Task) -> None:
    """Without biases and with weights of a symmetric law, n nodes are all silent for one tumour with probability 2⁻ⁿ,
    in every layer anew; a signal that is 0 stays 0."""
    _, saved = stack.forward(task.x)
    silent = (saved[-2].above == 0).all(2).double().mean()
    law = died(stack.model.width, stack.depth)
    # The tumours of one network share its weights: at worst they are one draw.
    error = math.sqrt(law * (1 - law) / len(stack))
    lab.metric("He: share of the tumours whose signal has died in the deepest networks", 100 * silent, "%")
    lab.metric("He: the same, 1 − (1 − 2⁻ⁿ)ᴸ", 100 * law, "%")
    name = "He: share of the tumours whose signal has died, off its law, in standard errors"
    lab.claim(name, abs(float(silent) - law) / error, at_most=4)
