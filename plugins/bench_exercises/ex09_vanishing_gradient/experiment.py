"""One cell of the sheet's table: a model and a depth, trained from several seeds, with gradients before and after."""

from typing import NamedTuple

from torch import Tensor

from bench import Lab

from .gradients import Norms, dead, norms
from .models import EPOCHS, Model
from .stack import Stack
from .task import Task
from .training import Trace, train


class Effort(NamedTuple):
    networks: int
    epochs: int


SMOKE, QUICK, FULL = Effort(2, 1), Effort(10, EPOCHS), Effort(64, EPOCHS)


class Trained(NamedTuple):
    """``before`` and ``after`` are gradients on the whole training set, batch norm in training mode; ``dead`` (K,)."""

    stack: Stack
    trace: Trace
    before: Norms
    after: Norms
    dead_before: Tensor
    dead_after: Tensor

    @property
    def label(self) -> str:
        return f"{self.stack.model}, {self.stack.depth} hidden layers"


def effort(lab: Lab) -> Effort:
    return lab.pick(smoke=SMOKE, quick=QUICK, full=FULL)


def seeds(lab: Lab, count: int) -> range:
    """The seeds of ``count`` networks: no two labs share any."""
    return range(1000 * lab.seed, 1000 * lab.seed + count)


def trained(lab: Lab, task: Task, model: Model, depth: int) -> Trained:
    networks, epochs = effort(lab)
    stack = Stack(model, depth, seeds(lab, networks), device=lab.device, dtype=lab.dtype)
    before, dead_before = norms(stack, task), dead(stack, task.x)
    trace = train(stack, task, epochs, lambda steps: lab.track(steps, f"{model}, {depth} layers"))
    return Trained(
        stack=stack,
        trace=trace,
        before=before,
        after=norms(stack, task),
        dead_before=dead_before,
        dead_after=dead(stack, task.x),
    )
