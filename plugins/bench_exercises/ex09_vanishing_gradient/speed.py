"""The same trainings in several ways, for the clock: K networks of one depth, from their initial weights."""

from collections.abc import Callable, Sequence
from typing import Protocol

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
    nets = [network(model, depth, seed).to(task.x) for seed in seeds]
    stack = Stack(model, depth, seeds, device=lab.device, dtype=lab.dtype, networks=nets)
    ways: dict[str, Way] = {
        "one after another": OneAfterAnother(nets, seeds, task, steps),
        "torch.func": Vectorised(nets, seeds, task, steps),
        "batched, by hand": Batched(stack, task, steps),
    }
    return {name: naming(way) for name, way in ways.items()}


class Way(Protocol):
    def train(self) -> list[Tensor]: ...


def naming(way: Way) -> Call:
    return lambda: {f"weights of layer {number}": weights for number, weights in enumerate(way.train(), start=1)}


class OneAfterAnother:
    """The idiomatic loop, network after network, in the networks themselves."""

    def __init__(self, nets: Sequence[nn.Sequential], seeds: Sequence[int], task: Task, steps: int) -> None:
        self.start = [[value.clone() for value in net.state_dict().values()] for net in nets]
        self.nets, self.seeds, self.task, self.steps = nets, seeds, task, steps

    def train(self) -> list[Tensor]:
        for net, start, seed in zip(self.nets, self.start, self.seeds, strict=True):
            restore(net, start)
            train_one(net, self.task, seed, self.steps)
        return [torch.stack(layers).detach() for layers in zip(*map(weights_of, self.nets), strict=True)]


@torch.no_grad()
def restore(net: nn.Module, start: Sequence[Tensor]) -> None:
    for value, first in zip(net.state_dict().values(), start, strict=True):
        value.copy_(first)


class Batched:
    """The stack with its backward pass by hand."""

    def __init__(self, stack: Stack, task: Task, steps: int) -> None:
        self.stack, self.task, self.steps = stack, task, steps
        self.start = stack.theta.clone()

    @torch.inference_mode()
    def train(self) -> list[Tensor]:
        self.stack.theta.copy_(self.start)
        together(self.stack, self.task, self.steps)
        return [layer.weight.clone() for layer in self.stack.layers]
