"""The same trainings in several ways, for the clock: K networks of one depth, from their initial weights."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from bench import Lab

from .checks import together
from .functional import Vectorised
from .models import Model, network
from .one_by_one import train_one, weights_of
from .stack import Stack
from .task import Task, problem

Call = Callable[[], dict[str, Tensor]]


def variants(lab: Lab, model: Model, depth: int, networks: int) -> dict[str, Call]:
    """Calls that train for some updates and give the weight matrices of all networks, (K, out, in) for each layer."""
    if networks < 1:
        raise ValueError(f"networks counts what is trained together and must be at least 1, not {networks}")
    task, steps = problem(lab), lab.pick(smoke=1, quick=2, full=17)
    seeds = range(1000 * lab.seed, 1000 * lab.seed + networks)
    ways = {"one after another": OneAfterAnother, "torch.func": Vectorised, "batched, by hand": Batched}
    return {name: naming(way(model, depth, seeds, task, steps).train) for name, way in ways.items()}


def naming(train: Callable[[], list[Tensor]]) -> Call:
    return lambda: {f"weights of layer {number}": weights for number, weights in enumerate(train(), start=1)}


class OneAfterAnother:
    """The idiomatic loop, network after network."""

    def __init__(self, model: Model, depth: int, seeds: Sequence[int], task: Task, steps: int) -> None:
        self.start = [network(model, depth, seed).to(task.x) for seed in seeds]
        self.nets = [network(model, depth, seed).to(task.x) for seed in seeds]
        self.seeds, self.task, self.steps = seeds, task, steps

    def train(self) -> list[Tensor]:
        for net, start, seed in zip(self.nets, self.start, self.seeds, strict=True):
            restore(net, start)
            train_one(net, self.task, seed, self.steps)
        return [torch.stack(layers).detach() for layers in zip(*map(weights_of, self.nets), strict=True)]


@torch.no_grad()
def restore(net: nn.Module, start: nn.Module) -> None:
    for value, first in zip(net.state_dict().values(), start.state_dict().values(), strict=True):
        value.copy_(first)


class Batched:
    """The stack with its backward pass by hand."""

    def __init__(self, model: Model, depth: int, seeds: Sequence[int], task: Task, steps: int) -> None:
        self.stack = Stack(model, depth, seeds, task.x.device, task.x.dtype)
        self.start = self.stack.theta.clone()
        self.task, self.steps = task, steps

    def train(self) -> list[Tensor]:
        self.stack.theta.copy_(self.start)
        together(self.stack, self.task, self.steps)
        return [layer.weight.clone() for layer in self.stack.layers]
