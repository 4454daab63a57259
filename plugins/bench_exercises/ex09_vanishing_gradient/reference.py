"""What PyTorch makes of the problem: modules, autograd, the loop as it is usually written, and ``torch.func``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from bench import Lab

from .by_hand import batches, optimiser, step
from .network import Stack, network, parts_of
from .problem import BATCH, LEARNING_RATE, Call, Choices, Model, Task, order_of, pose, seeds

State = dict[str, Tensor]


@torch.no_grad()
def module_of(stack: Stack, k: int) -> nn.Sequential:
    """Network ``k`` of the stack as a module in training mode, running averages included."""
    net = network(stack.model, stack.depth, stack.seeds[k]).to(stack.theta)
    for layer, parts in zip(stack.layers, parts_of(net), strict=True):
        for ours, theirs in zip(filter(torch.is_tensor, layer), parts, strict=True):
            theirs.copy_(ours[k].view_as(theirs))
    norms = [module for module in net if isinstance(module, nn.BatchNorm1d)]
    for number, norm in enumerate(norms):
        for ours, average in zip(stack.running or (), (norm.running_mean, norm.running_var), strict=True):
            assert average is not None
            average.copy_(ours[number, k, 0])
    return net


def gradients(net: nn.Sequential, x: Tensor, y: Tensor) -> list[list[Tensor]]:
    """By autograd, of the mean cost: in the form of ``parts_of``."""
    net.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    return [[parameter.grad for parameter in parts if parameter.grad is not None] for parts in parts_of(net)]


def norms(net: nn.Sequential, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """L1, L2 and mean |g| of autograd's gradient of each weight matrix, (L + 1,)."""
    weights = [parts[0] for parts in gradients(net, x, y)]
    l1, l2 = (torch.stack([torch.linalg.vector_norm(g, ord=order) for g in weights]) for order in (1, 2))
    return l1, l2, torch.stack([g.abs().mean() for g in weights])


@torch.no_grad()
def is_dead(net: nn.Sequential, x: Tensor) -> bool:
    """Whether one of its ReLUs gives 0 alone, by asking every module in turn."""
    for module in net.eval():
        x = module(x)
        if isinstance(module, nn.ReLU) and not x.any():
            return True
    return False


def train_one(net: nn.Sequential, task: Task, seed: int, steps: int) -> nn.Sequential:
    """``steps`` updates of ``net`` (on the task's device, in its dtype), in place: Adam, batches of 32.

    ``task`` is of this one network: x (1, N, 30).
    """
    data = TensorDataset(task.x[0], task.y[0])
    order = RandomSampler(data, generator=order_of(seed, len(data) + task.y_test.shape[1]))
    loader = DataLoader(data, batch_size=BATCH, sampler=order, generator=torch.Generator())  # no global stream
    adam = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    net.train()
    for x, y in islice(chain.from_iterable(repeat(loader)), steps):
        adam.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        adam.step()
    return net


def weights_of(net: nn.Sequential) -> list[Tensor]:
    """The weight matrices of the linear layers, from the input to the output."""
    return [module.weight for module in net if isinstance(module, nn.Linear)]


def endless_batches(task: Task, chosen: Sequence[int]) -> Iterator[Tensor]:
    """Indices (K, B), epoch after epoch."""
    count = task.y.shape[1]
    orders = [order_of(seed, count + task.y_test.shape[1]) for seed in chosen]
    return chain.from_iterable(batches(orders, count) for _ in repeat(None))


def variants(lab: Lab, model: Model, depth: int, networks: int) -> dict[str, Call]:
    """Calls that train for some updates and give the weight matrices of all networks, (K, out, in) for each layer."""
    if networks < 1:
        raise ValueError(f"networks counts what is trained together and must be at least 1, not {networks}")
    chosen, steps = seeds(lab, networks), lab.pick(smoke=1, quick=2, full=17)
    task = pose(lab, chosen)
    nets = [network(model, depth, seed).to(task.x) for seed in chosen]
    stack = Stack(model, depth, chosen, like=task.x, networks=nets)
    ways: dict[str, Way] = {
        "one after another": OneAfterAnother(nets, chosen, task, steps),
        "torch.func": Vectorised(nets, chosen, task, steps),
        "batched, by hand": Batched(stack, task, steps),
    }
    return {name: naming(way) for name, way in ways.items()}


class Way(Protocol):
    def train(self) -> list[Tensor]: ...


def naming(way: Way) -> Call:
    return lambda: {f"weights of layer {number}": weights for number, weights in enumerate(way.train(), start=1)}


class OneAfterAnother:
    """The idiomatic loop, network after network, in the networks themselves."""

    def __init__(self, nets: Sequence[nn.Sequential], chosen: Sequence[int], task: Task, steps: int) -> None:
        self.start = [[value.clone() for value in net.state_dict().values()] for net in nets]
        self.nets, self.seeds, self.task, self.steps = nets, chosen, task, steps

    def train(self) -> list[Tensor]:
        for k, (net, seed) in enumerate(zip(self.nets, self.seeds, strict=True)):
            restore(net, self.start[k])
            train_one(net, self.task.of(slice(k, k + 1)), seed, self.steps)
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
        stepper = optimiser(self.stack, Choices())
        for chosen in islice(endless_batches(self.task, self.stack.seeds), self.steps):
            step(self.stack, stepper, self.task, chosen.to(self.task.y.device))
        return [layer.weight.clone() for layer in self.stack.layers]


class Vectorised:
    """Without a backward pass by hand: ``torch.func`` vectorises the gradient of one network over K.

    A module's forward pass changes batch norm's running averages in place, which a vectorised gradient may not: they
    are copied inside, and what became of the copies is given back.
    """

    def __init__(self, nets: Sequence[nn.Sequential], chosen: Sequence[int], task: Task, steps: int) -> None:
        self.seeds, self.task, self.steps = tuple(chosen), task, steps
        self.start: tuple[State, State] = stack_module_state(nets)
        self.one = nets[0]
        self.gradient = vmap(grad(self.cost, has_aux=True))

    def cost(self, parameters: State, buffers: State, x: Tensor, y: Tensor) -> tuple[Tensor, State]:
        """Of one network on its batch, and its buffers after it."""
        buffers = {name: buffer.clone() for name, buffer in buffers.items()}
        outputs = functional_call(self.one, (parameters, buffers), x)
        return nn.functional.cross_entropy(outputs, y), buffers

    def train(self) -> list[Tensor]:
        """The weight matrices of all layers, (K, out, in) each, after the training."""
        parameters, buffers = ({name: value.detach().clone() for name, value in state.items()} for state in self.start)
        adam = torch.optim.Adam(parameters.values(), lr=LEARNING_RATE, fused=True)
        own = torch.arange(len(self.seeds), device=self.task.y.device)[:, None]
        for drawn in islice(endless_batches(self.task, self.seeds), self.steps):
            chosen = drawn.to(self.task.y.device)
            found, buffers = self.gradient(parameters, buffers, self.task.x[own, chosen], self.task.y[own, chosen])
            for name, parameter in parameters.items():
                parameter.grad = found[name]
            adam.step()
        return [value for value in parameters.values() if value.ndim == 3]
