"""One cell of the sheet's table: a model and a depth, trained from several seeds, with gradients before and after."""

from typing import NamedTuple

from torch import Tensor

from bench import Lab

from .gradients import Norms, dead, norms
from .models import EPOCHS, RATE, Model
from .stack import Stack
from .task import Task
from .training import Trace, train


class Choices(NamedTuple):
    """How every network is trained; the sheet's numbers unless a run says otherwise."""

    epochs: int = EPOCHS
    optimizer: str = "adam"
    learning_rate: float = RATE


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


def networks_of(lab: Lab) -> int:
    """How many networks of one model and depth are trained."""
    return lab.pick(smoke=2, quick=10, full=64)


def seeds(lab: Lab, count: int) -> range:
    """The seeds of ``count`` networks: no two labs share any."""
    return range(1000 * lab.seed, 1000 * lab.seed + count)


def trained(lab: Lab, task: Task, model: Model, depth: int, choices: Choices) -> Trained:
    stack = Stack(model, depth, seeds(lab, networks_of(lab)), device=lab.device, dtype=lab.dtype)
    before, dead_before = norms(stack, task), dead(stack, task.x)
    trace = train(
        stack,
        task,
        choices.epochs,
        lambda steps: lab.track(steps, f"{model}, {depth} layers"),
        optimizer=choices.optimizer,
        learning_rate=choices.learning_rate,
    )
    return Trained(
        stack=stack,
        trace=trace,
        before=before,
        after=norms(stack, task),
        dead_before=dead_before,
        dead_after=dead(stack, task.x),
    )
