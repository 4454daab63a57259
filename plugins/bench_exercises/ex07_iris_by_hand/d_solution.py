"""7d: the model solution, stopped, and continued by the new process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error

from . import solution
from .checks import EXACT, unequal
from .d_setting import Setting
from .problem import Task

FIRST = 200
"""So many epochs, at most, rounding cannot grow in beyond ``EXACT``."""
UNBROKEN, KIT = "solution.py: numbers that a new start changes", "solution.py: losses of the first epochs = the kit's"


def beside(checkpoint: Path) -> Path:
    """Where the model solution keeps what it saves."""
    return checkpoint.with_name(f"{checkpoint.stem} solution.pt")


def begun(setting: Setting) -> tuple[solution.Training, Task]:
    """Before its first epoch, from the setting's parameters."""
    task, net = setting.task(), solution.Network()
    net.to(task.x).load_state_dict(dict(zip(net.state_dict(), task.theta.values(), strict=True)))
    return solution.Training(net), task


def stop_at(setting: Setting, epoch: int, path: Path) -> None:
    training, task = begun(setting)
    training.run(task.x, task.y, until=epoch)
    training.save(str(path))


def go_on(setting: Setting, path: Path) -> dict[str, Any]:
    """After a new start from the file: the losses of all epochs and the parameters."""
    training, task = begun(setting)
    training.load(str(path))
    training.run(task.x, task.y, until=setting.epochs)
    return {"solution's losses": training.losses, "solution's parameters": parameters(training)}


def parameters(training: solution.Training) -> Tensor:
    return torch.cat([p.detach().cpu().flatten() for p in training.network.parameters()])


def study(lab: Lab, setting: Setting, resumed: Mapping[str, Any], losses: Tensor) -> None:
    """Continued in the new process, against itself without a break, and against the kit's losses of all steps."""
    if not lab.as_declared:
        lab.claim(UNBROKEN, 0, equals=0, as_declared=True)
        lab.claim(KIT, 0.0, at_most=EXACT, as_declared=True)
        return
    training, task = begun(setting)
    training.run(task.x, task.y, until=setting.epochs)
    theirs, straight = (
        torch.tensor(each, dtype=losses.dtype).to(losses) for each in (resumed["solution's losses"], training.losses)
    )
    differ = unequal(theirs, straight) + unequal(resumed["solution's parameters"], parameters(training))
    lab.claim(UNBROKEN, differ, equals=0)
    lab.claim(KIT, max_error(theirs[:FIRST], losses[:FIRST]), at_most=EXACT)
