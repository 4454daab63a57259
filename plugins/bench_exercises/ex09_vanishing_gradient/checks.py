"""The batched backward pass against autograd, finite differences, and single networks trained one after another."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, repeat

import torch
from torch import Tensor, nn

from bench.kit.compare import largest, max_error, nudged, relative_error

from . import byhand
from .adam import Adam
from .models import Model, network
from .one_by_one import train_one
from .stack import Stack, parts_of
from .task import Task
from .training import batches, step

STEP = 1e-6
"""Of the central differences: an error of about h² from the curvature and 1e-16 / h from rounding."""
MARGIN = 100 * STEP
"""How far every pre-activation of a network must stay from the kink of ReLU to be differenced."""


def autograd_error(model: Model, depth: int, seeds: Sequence[int], task: Task, *, evaluating: bool = False) -> float:
    """Each layer's gradient of each network on the whole training set: the largest relative difference."""
    stack = Stack(model, depth, seeds, device=task.x.device, dtype=task.x.dtype)
    stack.backpropagate(stack.shared(task.x), stack.shared(task.y), evaluating)
    worst = 0.0
    for k, seed in enumerate(seeds):
        net = network(model, depth, seed).to(task.x).train(not evaluating)
        nn.functional.cross_entropy(net(task.x), task.y).backward()
        for layer, parts in zip(stack.gradients, parts_of(net), strict=True):
            redundant = len(parts) == 4 and not evaluating
            for ours, theirs in zip(layer, parts, strict=False):
                if not (redundant and ours is layer.bias):
                    assert ours is not None
                    assert theirs.grad is not None
                    worst = largest(worst, relative_error(ours[k].view_as(theirs), theirs.grad))
    return worst


def nudge(stack: Stack, step: int = 0) -> None:
    """What rounding does to the parameters, at a scale that can be measured."""
    stack.theta.copy_(nudged({"theta": stack.theta}, step)["theta"])


def nudged_gradients(model: Model, depth: int, seeds: Sequence[int], task: Task, *, evaluating: bool = False) -> float:
    """How far nudged parameters take each layer's gradient of each network: the largest relative difference."""
    stacks = [Stack(model, depth, seeds, device=task.x.device, dtype=task.x.dtype) for _ in range(2)]
    nudge(stacks[1])
    for stack in stacks:
        stack.backpropagate(stack.shared(task.x), stack.shared(task.y), evaluating)
    worst = 0.0
    for layer, other in zip(*(stack.gradients for stack in stacks), strict=True):
        redundant = layer.bias if torch.is_tensor(layer[-1]) and not evaluating else None
        for ours, theirs in zip(filter(torch.is_tensor, layer), filter(torch.is_tensor, other), strict=True):
            if ours is not redundant:
                worst = largest([worst, *(relative_error(theirs[k], ours[k]) for k in range(len(seeds)))])
    return worst


def redundant_bias(stack: Stack, task: Task, evaluating: bool = False) -> float:
    """The largest bias gradient in front of a batch norm, relative to the same network's largest weight gradient."""
    stack.backpropagate(stack.shared(task.x), stack.shared(task.y), evaluating)
    bias, weight = (
        torch.stack([tensor.flatten(1).abs().amax(1) for tensor in tensors]).amax(0)
        for tensors in ([g.bias for g in stack.gradients[:-1]], [g.weight for g in stack.gradients])
    )
    return float(torch.where(weight == 0, bias, bias / weight).max())


def differences_error(model: Model, depth: int, seeds: Sequence[int], task: Task) -> tuple[float, int]:
    """By hand against central differences on one batch: the largest difference relative to the layer, and the number
    of networks that were checked: those whose pre-activations all keep clear of the kink, where there is one."""
    stack = Stack(model, depth, seeds, device=task.x.device, dtype=task.x.dtype)
    x, y = stack.shared(task.x[:32]), stack.shared(task.y[:32])
    saved, _ = stack.backpropagate(x, y)
    clear = torch.ones(len(stack), dtype=torch.bool, device=x.device)
    if model.activation == "ReLU":
        clear = torch.stack([distance_to_kink(stack, layer, number) for number, layer in enumerate(saved[:-1])]).all(0)
    worst = 0.0
    for gradients, layer in zip(stack.gradients, stack.layers, strict=True):
        for gradient, parameter in zip(filter(torch.is_tensor, gradients), filter(torch.is_tensor, layer), strict=True):
            slopes = central_differences(lambda: byhand.cost(stack.forward(x)[0], y), parameter)
            error = (gradient - slopes).flatten(1).abs().amax(1) / stack_scale(stack.gradients)
            worst = largest([worst, *error[clear].tolist()])
    return worst, int(clear.sum())


def distance_to_kink(stack: Stack, saved: byhand.Saved, number: int) -> Tensor:
    """(K,) bool: every pre-activation of this layer is further than the margin from 0."""
    layer = stack.layers[number]
    z = torch.baddbmm(layer.bias, saved.below, layer.weight.mT)
    if saved.normed is not None:
        scale, shift = layer.norm
        z = torch.addcmul(shift, saved.normed.x_hat, scale)
    return z.flatten(1).abs().amin(1) > MARGIN


def stack_scale(gradients: Sequence[byhand.Layer]) -> Tensor:
    """(K,): the largest derivative of each network."""
    return torch.stack([layer.weight.flatten(1).abs().amax(1) for layer in gradients]).amax(0)


def central_differences(cost: Callable[[], Tensor], parameter: Tensor) -> Tensor:
    """(cost(p + h) - cost(p - h)) / 2h for each element of ``parameter`` (K, …), in all K networks at once."""
    slopes, elements = torch.empty_like(parameter).flatten(1), parameter.flatten(1)
    for i, value in enumerate(elements.clone().T):
        elements[:, i] = value + STEP
        above = cost()
        elements[:, i] = value - STEP
        slopes[:, i] = (above - cost()) / (2 * STEP)
        elements[:, i] = value
    return slopes.view_as(parameter)


def training_error(model: Model, depth: int, seeds: Sequence[int], task: Task, *, steps: int) -> float:
    """Train the stack, and its networks one after another in plain PyTorch: the largest difference of any weight."""
    stack = Stack(model, depth, seeds, device=task.x.device, dtype=task.x.dtype)
    together(stack, task, steps)
    worst = 0.0
    for k, seed in enumerate(seeds):
        net = train_one(network(model, depth, seed).to(task.x), task, seed, steps)
        linear = [module for module in net if isinstance(module, nn.Linear)]
        for layer, module in zip(stack.layers, linear, strict=True):
            worst = largest(worst, max_error(layer.weight[k], module.weight))
    return worst


def nudged_training(model: Model, depth: int, seeds: Sequence[int], task: Task, *, steps: int) -> float:
    """The same of a stack and one whose parameters are nudged before every step."""
    stacks = [Stack(model, depth, seeds, device=task.x.device, dtype=task.x.dtype) for _ in range(2)]
    for stack, shaken in zip(stacks, (False, True), strict=True):
        together(stack, task, steps, shaken=shaken)
    ours, theirs = (stack.layers for stack in stacks)
    return largest(max_error(a.weight, b.weight) for a, b in zip(ours, theirs, strict=True))


def together(stack: Stack, task: Task, steps: int, *, shaken: bool = False) -> None:
    """``steps`` updates of all networks of the stack, with or without a nudge before each."""
    optimizer = Adam(stack.theta, stack.gradient)
    for number, chosen in enumerate(islice(endless_batches(stack.seeds, len(task.y)), steps)):
        if shaken:
            nudge(stack, number)
        step(stack, optimizer, task, chosen.to(task.y.device))


def endless_batches(seeds: Sequence[int], count: int) -> Iterator[Tensor]:
    """Indices (K, B), epoch after epoch."""
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    return chain.from_iterable(batches(generators, count) for _ in repeat(None))


def bound_error(stack: Stack, task: Task) -> float:
    """The largest ‖δ of layer l‖ / (s ‖W of layer l + 1‖₂ ‖δ of layer l + 1‖): never above 1, with s = max φ'."""
    steepest = 0.25 if stack.model.activation == "sigmoid" else 1.0
    _, deltas = stack.backpropagate(stack.shared(task.x), stack.shared(task.y))
    sizes = [delta.flatten(1).norm(dim=1) for delta in deltas]
    worst = 0.0
    for below, above, layer in zip(sizes, sizes[1:], stack.layers[1:], strict=False):
        bound = steepest * torch.linalg.matrix_norm(layer.weight, ord=2) * above
        worst = largest(worst, float(torch.where(bound == 0, below, below / bound).max()))
    return worst
