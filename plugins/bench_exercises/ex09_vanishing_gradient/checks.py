"""Independent ways to know what is right: autograd, central differences, plain PyTorch trainings, the model solution.

``prove`` makes claims of them, for 9a and 9c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import inf, log10

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import by_rounding, largest, max_error, nudged, relative_error, smallest
from bench.kit.data import breast_cancer

from . import reference, solution
from .by_hand import Trained, backpropagate, cost, norms, optimiser, signals, step, trained
from .network import ACTIVATIONS, Layer, Saved, Stack, gain, network
from .problem import SHEET, Choices, Model, Task, pose, seeds

STEP = 1e-6
"""Of the central differences: an error of about h² from the curvature and 1e-16 / h from rounding."""
MARGIN = 100 * STEP
"""How far every pre-activation of a network must stay from the kink of ReLU to be differenced."""
EXACT, AMPLIFIED = 1e-12, 1e-9
"""In float64, where rounding alone goes no further. Through nineteen batch norms it grows by some powers of ten."""
BLIND = 1e-3
"""Where rounding may go so far, nothing can be told from it."""
WIDE, WIDE_DEPTH = 256, 12
ALLOWED = 0.03
"""Powers of ten. ‖δ‖ of a layer of n nodes scatters by √(5/n)/2 of itself, 0.03 powers of ten, and less on average."""
ALLOWED_NORMED = 0.005
"""The same with batch norm, where four networks scatter by 0.0035 about another four for the sigmoid, less for ReLU."""
Seeds = Sequence[int]


def both(layer: Layer, *, redundant: bool) -> list[Tensor]:
    """The tensors of a layer, without the bias where batch norm makes it ``redundant``."""
    tensors = [tensor for tensor in layer if tensor is not None]
    return tensors[:1] + tensors[2:] if redundant and len(tensors) == 4 else tensors


def autograd_error(model: Model, depth: int, task: Task, chosen: Seeds, *, evaluating: bool = False) -> float:
    """Each layer's gradient of each network on the whole training set: the largest relative difference."""
    stack = Stack(model, depth, chosen, like=task.x)
    backpropagate(stack, task.x, task.y, evaluating)
    worst = 0.0
    for k, seed in enumerate(chosen):
        net = network(model, depth, seed).to(task.x).train(not evaluating)
        theirs = reference.gradients(net, task.x[k], task.y[k])
        for layer, parts in zip(stack.gradients, theirs, strict=True):
            found = both(layer, redundant=not evaluating)
            expected = both(Layer(*parts), redundant=not evaluating)
            for ours, other in zip(found, expected, strict=True):
                worst = largest(worst, relative_error(ours[k].view_as(other), other))
    return worst


def nudge(stack: Stack, number: int = 0) -> None:
    """What rounding does to the parameters, at a scale that can be measured."""
    stack.theta.copy_(nudged({"theta": stack.theta}, number)["theta"])


def nudged_gradients(model: Model, depth: int, task: Task, chosen: Seeds, *, evaluating: bool = False) -> float:
    """How far nudged parameters take each layer's gradient of each network: the largest relative difference."""
    stacks = [Stack(model, depth, chosen, like=task.x) for _ in range(2)]
    nudge(stacks[1])
    for stack in stacks:
        backpropagate(stack, task.x, task.y, evaluating)
    worst = 0.0
    for layer, other in zip(*(stack.gradients for stack in stacks), strict=True):
        pairs = zip(*(both(each, redundant=not evaluating) for each in (layer, other)), strict=True)
        for ours, theirs in pairs:
            worst = largest([worst, *(relative_error(theirs[k], ours[k]) for k in range(len(chosen)))])
    return worst


def differences_error(model: Model, depth: int, task: Task, chosen: Seeds) -> tuple[float, int]:
    """By hand against central differences on one batch: the largest difference relative to the network, and the number
    of networks that were checked: those whose pre-activations all keep clear of the kink, where there is one."""
    stack = Stack(model, depth, chosen, like=task.x)
    x, y = task.x[:, :32], task.y[:, :32]
    saved, _ = backpropagate(stack, x, y)
    clear = torch.ones(len(stack), dtype=torch.bool, device=x.device)
    if model.activation == "ReLU":
        clear = torch.stack([distance_to_kink(stack, layer, number) for number, layer in enumerate(saved[:-1])]).all(0)
    worst = 0.0
    for gradients, layer in zip(stack.gradients, stack.layers, strict=True):
        for gradient, parameter in zip(both(gradients, redundant=False), both(layer, redundant=False), strict=True):
            slopes = central_differences(lambda: cost(stack.forward(x)[0], y), parameter)
            error = (gradient - slopes).flatten(1).abs().amax(1) / stack_scale(stack.gradients)
            worst = largest([worst, *error[clear].tolist()])
    return worst, int(clear.sum())


def distance_to_kink(stack: Stack, saved: Saved, number: int) -> Tensor:
    """(K,) bool: every pre-activation of this layer is further than the margin from 0."""
    layer = stack.layers[number]
    z = torch.baddbmm(layer.bias, saved.below, layer.weight.mT)
    if saved.normed is not None:
        scale, shift = layer.norm
        z = torch.addcmul(shift, saved.normed.x_hat, scale)
    return z.flatten(1).abs().amin(1) > MARGIN


def stack_scale(gradients: Sequence[Layer]) -> Tensor:
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


def training_error(model: Model, depth: int, task: Task, chosen: Seeds, *, steps: int) -> tuple[float, float]:
    """Train the stack, and its networks one after another in plain PyTorch: the largest difference of any weight, and
    that of any running average of batch norm, relative."""
    stack = Stack(model, depth, chosen, like=task.x)
    together(stack, task, steps)
    weights, averages = 0.0, 0.0
    for k, seed in enumerate(chosen):
        net = network(model, depth, seed).to(task.x)
        reference.train_one(net, task.of(slice(k, k + 1)), seed, steps)
        for layer, weight in zip(stack.layers, reference.weights_of(net), strict=True):
            weights = largest(weights, max_error(layer.weight[k], weight))
        averages = largest(averages, averages_error(stack, k, net))
    return weights, averages


def averages_error(stack: Stack, k: int, net: nn.Sequential) -> float:
    """The running means and variances of all layers of network ``k``, relative to the largest of them."""
    if stack.running is None:
        return 0.0
    theirs = net.state_dict()
    return largest(
        relative_error(ours[:, k, 0], torch.stack([value for name, value in theirs.items() if name.endswith(kind)]))
        for ours, kind in zip(stack.running, ("running_mean", "running_var"), strict=True)
    )


def nudged_training(model: Model, depth: int, task: Task, chosen: Seeds, *, steps: int) -> float:
    """The same of a stack and one whose parameters are nudged before every step."""
    stacks = [Stack(model, depth, chosen, like=task.x) for _ in range(2)]
    for stack, shaken in zip(stacks, (False, True), strict=True):
        together(stack, task, steps, shaken=shaken)
    ours, theirs = (stack.layers for stack in stacks)
    return largest(max_error(a.weight, b.weight) for a, b in zip(ours, theirs, strict=True))


@torch.no_grad()
def together(stack: Stack, task: Task, steps: int, *, shaken: bool = False) -> None:
    """``steps`` updates of all networks of the stack, with or without a nudge before each."""
    stepper = optimiser(stack, SHEET)
    for number, chosen in enumerate(islice(endless_batches(task, stack.seeds), steps)):
        if shaken:
            nudge(stack, number)
        step(stack, stepper, task, chosen.to(task.y.device))


def endless_batches(task: Task, chosen: Seeds) -> Iterator[Tensor]:
    return reference.endless_batches(task, chosen)


def norms_error(cell: Trained, k: int = 0) -> float:
    """The three norms of every layer after the training, against PyTorch's of autograd's gradients."""
    ours = norms(cell.stack, cell.task)
    theirs = reference.norms(reference.module_of(cell.stack, k), cell.task.x[k], cell.task.y[k])
    return largest(
        relative_error(norm[number, k], other[number])
        for norm, other in zip(ours, theirs, strict=True)
        for number in range(len(other))
    )


def solution_error(cell: Trained, k: int = 0) -> tuple[float, float]:
    """Network ``k`` of the cell, as a student trains it: the costs and errors of every epoch apart, and the norms."""
    model, data = cell.stack.model, breast_cancer()
    activation, seed = type(ACTIVATIONS[model.activation]()), cell.stack.seeds[k]
    net = solution.network(activation, cell.stack.depth, model.normed, seed)
    x, y = data.x.to(cell.task.x), data.y.to(cell.task.y)
    history, final = solution.run(net.to(x), x, y, seed, epochs=len(cell.trace.train_cost) - 1)
    ours, found = norms(cell.stack, cell.task), torch.stack([each[1:, k] for each in cell.trace], 1)
    pairs = torch.stack([ours.l1[:, k], ours.l2[:, k]], 1)
    expected = torch.tensor(history, dtype=torch.float64).to(found)
    return max_error(found, expected), relative_error(pairs, torch.tensor(final, dtype=torch.float64).to(pairs))


def prove(lab: Lab, models: Sequence[Model], choices: Choices) -> None:
    """Claims of all models with batch norm, or of all without."""
    normed = models[0].normed
    suffix, bound = (", batch norm", AMPLIFIED) if normed else ("", EXACT)
    chosen = seeds(lab, 2)
    task = pose(lab, chosen, choices.split)
    every = [(model, depth) for model in models for depth in choices.depth]
    autograd = largest(autograd_error(*each, task, chosen) for each in every)
    nudged = largest(nudged_gradients(*each, task, chosen) for each in every)
    if normed and models[0].width == 1:
        # Batch norm takes out the scale of what it is given, and a single weight has nothing but a scale: its gradient
        # is what the ε under the root leaves of it, and no error can be relative to that.
        nudged = inf
    same(lab, f"gradients of every layer by hand = autograd{suffix}", autograd, bound=bound, nudged=nudged)
    if normed:
        deepest = [(model, max(choices.depth)) for model in models]
        error = largest(autograd_error(*each, task, chosen, evaluating=True) for each in deepest)
        nudged = largest(nudged_gradients(*each, task, chosen, evaluating=True) for each in deepest)
        same(lab, "gradients by hand = autograd, batch norm in evaluation mode", error, bound=EXACT, nudged=nudged)
    differences(lab, models, choices, suffix=suffix)
    trainings(lab, models, choices, suffix=suffix)


def trainings(lab: Lab, models: Sequence[Model], choices: Choices, *, suffix: str) -> None:
    """The shallowest and the deepest network of each model, for a few updates."""
    steps = 5 if suffix else 20  # past the first epoch
    chosen = seeds(lab, 2)
    task = pose(lab, chosen, choices.split)
    pairs = [(model, depth) for model in models for depth in {min(choices.depth), max(choices.depth)}]
    apart = [training_error(*each, task, chosen, steps=steps) for each in pairs]
    nudged = largest(nudged_training(*each, task, chosen, steps=steps) for each in pairs)
    weights, averages = (largest(each) for each in zip(*apart, strict=True))
    name = f"weights trained together = one after another in plain PyTorch{suffix}"
    same(lab, name, weights, bound=10 * EXACT, nudged=nudged)
    if suffix:
        name = "running averages of batch norm = PyTorch's, after the same updates"
        # A bias in front of batch norm has a gradient of rounding alone, which Adam, dividing by it, makes steps of:
        # they change nothing but the mean that is taken out again.
        lab.claim(name, averages, at_most=1e-6, as_declared=True)


def same(lab: Lab, name: str, error: float, *, bound: float, nudged: float) -> None:
    """A claim that two computations agree, made wherever an error could be told from rounding; ``nudged`` is how far
    nudged parameters take one of them."""
    allowed = by_rounding(nudged)
    lab.claim(name, error, at_most=max(bound, allowed), as_declared=not allowed <= BLIND)


def differences(lab: Lab, models: Sequence[Model], choices: Choices, *, suffix: str) -> None:
    """Where gradients are not yet too small to be seen: a cost near 1 is known to 1e-16, its slope to about 1e-10."""
    chosen = seeds(lab, 6)
    task = pose(lab, chosen, choices.split)
    found = [differences_error(model, min(choices.depth), task, chosen) for model in models]
    worst, fewest = largest(error for error, _ in found), smallest(n for _, n in found)
    # A difference is off by its third derivative too, which batch norm makes as large as the batch is flat; and of
    # deep networks of ReLU there may be none that keeps clear of every kink.
    lab.claim(f"gradients by hand = central differences{suffix}", worst, at_most=1e-6, as_declared=True)
    lab.claim(f"networks that were held against differences{suffix}", fewest, at_least=1, as_declared=True)


def the_solution(lab: Lab, models: Sequence[Model], choices: Choices) -> None:
    """Claims that a student's training of the shallowest network of each model is ours, to its last epoch."""
    suffix = ", batch norm" if models[0].normed else ""
    cells = [trained(lab, model, min(choices.depth), choices) for model in models]
    trace, final = (largest(each) for each in zip(*map(solution_error, cells), strict=True))
    # What rounding does to a first step grows with the training, and faster through batch norm.
    name = f"the model solution = trained together: costs and errors of every epoch{suffix}"
    lab.claim(name, trace, at_most=1e-8, as_declared=True)
    name = f"the model solution = trained together: norms of the last gradients{suffix}"
    lab.claim(name, final, at_most=1e-6, as_declared=True)


def unequal(stack: Stack, x: Tensor) -> float:
    """Powers of ten a layer, E[1/σ²] E[σ²] over the nodes of a layer: a law that has one σ leaves them out."""
    _, saved = stack.forward(x)
    variances = [layer.normed.used.variance for layer in saved[3:-2] if layer.normed is not None]
    return float(torch.stack([(v.reciprocal().mean(2) * v.mean(2)).log10() / 2 for v in variances]).mean())


def wide_layers(lab: Lab, models: Sequence[Model], choices: Choices) -> None:
    """Claims that ‖δ‖ of layers of 256 nodes changes by the factor that ``gain`` gives, for independent inputs."""
    rows = []
    for model in models:
        wide = model._replace(width=WIDE, initialisation=choices.initialisation)
        chosen = seeds(lab, 4)
        task = pose(lab, chosen)
        x = torch.randn(task.x.shape, generator=lab.generator()).to(task.x)
        stack = Stack(wide, WIDE_DEPTH, chosen, like=x)
        found = signals(stack, task._replace(x=x)).backward
        # The layers next to the input and to the output have not yet, or no longer, the law's many nodes around them.
        per_layer = (found[2] / found[-2]).log10() / (WIDE_DEPTH - 4)
        law = log10(gain(wide, WIDE)) / 2
        rows.append({"model": str(model), "measured": per_layer.mean(), "law": law})
        lab.metric(f"{model}: powers of ten per layer down, 256 nodes", per_layer.mean())
        lab.metric(f"{model}: powers of ten per layer down, law", law)
        name = f"{model}: ‖δ‖ per layer of 256 nodes, powers of ten off the law"
        added = unequal(stack, x) if model.normed else 0.0
        allowed = added + ALLOWED_NORMED if model.normed else ALLOWED
        lab.claim(name, abs(float(per_layer.mean()) - law), at_most=allowed)
        if model.normed:
            lab.metric(f"{model}: powers of ten per layer down, what the nodes' variances may add", added)
            name = f"{model}: ‖δ‖ of 256 nodes does not fall downwards, powers of ten a layer"
            lab.claim(name, per_layer.mean(), at_least=law - ALLOWED_NORMED, as_declared=True)
    lab.table("How ‖δ‖ changes from a wide layer to the layer below, in powers of ten", rows)
