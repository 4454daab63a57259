"""2a.epochs: what plain gradient descent has reached after few steps, and after many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from .by_hand import descend, optimum
from .network import WIDTHS, folded, initial
from .problem import Task, draw


def study(lab: Lab, rate: float, steps: int) -> None:
    if steps < 10:
        raise ValueError(f"steps={steps}: the networks are compared after 10 steps, so there must be as many")
    for outputs in (6, 1):
        task, _ = draw(lab, 40, 8, outputs)
        generator, paths = lab.generator(), {}
        for name, width in WIDTHS.items():
            errors: list[Tensor] = []
            weights = initial(task, width, generator)
            descend(
                task,
                weights,
                rate=rate,
                steps=steps,
                see=partial(note, task, errors),
            )
            best = optimum(task).error(width or outputs)
            paths[name] = (torch.stack(errors) - best) / task.y.square().sum()
        record(lab, outputs, paths)


def note(task: Task, errors: list[Tensor], weights: Sequence[Tensor]) -> None:
    errors.append(task.error(folded(weights)))


def record(lab: Lab, outputs: int, paths: dict[str, Tensor]) -> None:
    """The way down of each network: error above its own optimum, in parts of |Y|^2."""
    chart = f"gradient descent, m={outputs}"
    for name, path in paths.items():
        axes: dict[str, Any] = {"x_label": "step + 1", "y_label": "error above its own optimum, over ‖Y‖²"}
        shown = path.clamp(min=1e-12)[: 1 + int((path > 1e-12).sum())]
        lab.curve(chart, range(1, len(shown) + 1), shown, series=name, scale="log-log", **axes)
        lab.metric(f"m={outputs}, {name}: error above its optimum after 10 steps", path[10])
    early = torch.stack([path[10] for path in paths.values()])
    if outputs == 1:
        lab.claim("m=1, after 10 steps: slowest over fastest network", early.max() / early.min(), at_least=1.05)
    lab.claim(
        f"m={outputs}, after the last step: A and C above their optimum",
        largest(paths["A"][-1], paths["C"][-1]),
        at_most=1e-4,
    )
    lab.metric(f"m={outputs}, B: error above its optimum after the last step", paths["B"][-1])
