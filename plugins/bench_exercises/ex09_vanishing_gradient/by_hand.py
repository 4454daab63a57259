"""The backward pass through K networks at once, the training of all of them, and what their gradients measure.

With δ = ∂L/∂z of shape (K, B, out), network by network,

    dW = δᵀ h        db = Σ δ        δ of the layer below = (δ W) ⊙ φ'(z)

(Goodfellow et al. 2016, section 6.5). Adam works element by element, so that one Adam on the vector of all parameters
is K separate ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from bench import Lab
from bench.kit.training import Diverged

from .network import Normed, Saved, Stack, Statistics, follow
from .problem import BATCH, Choices, Model, Task, as_content, networks_of, order_of, pose, seeds

Follow = Callable[[Statistics, Statistics, int], None]
Track = Callable[[range], Iterable[int]]
OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}


def backpropagate(stack: Stack, x: Tensor, y: Tensor, evaluating: bool = False) -> tuple[list[Saved], list[Tensor]]:
    """The gradients of each network's mean cost on its x (K, B, 30), y (K, B), left in ``stack.gradients``.

    Gives what the forward pass saved, and δ of every layer.
    """
    outputs, saved = stack.forward(x, evaluating)
    return saved, backward(stack, cost_backward(outputs, y), saved)


def backward(stack: Stack, delta: Tensor, saved: Sequence[Saved]) -> list[Tensor]:
    """From δ = ∂L/∂(outputs) of shape (K, B, 2) downwards; gives δ of every layer."""
    deltas = []
    for number in reversed(range(len(stack.layers))):
        layer, gradient, (below, above, normed) = stack.layers[number], stack.gradients[number], saved[number]
        if number < stack.depth:
            delta = times_slope(stack.model.activation, torch.bmm(delta, stack.layers[number + 1].weight), above)
        if normed is not None:
            scale, (dscale, dshift) = layer.norm[0], gradient.norm
            delta = batch_norm_backward(delta, scale, normed, dscale=dscale, dshift=dshift)
        torch.bmm(delta.mT, below, out=gradient.weight)
        torch.sum(delta, 1, keepdim=True, out=gradient.bias)
        deltas.append(delta)
    return deltas[::-1]


def times_slope(name: str, dh: Tensor, h: Tensor) -> Tensor:
    """dh ⊙ φ'(z) from h = φ(z), in the place of dh: σ' = h (1 - h), and ReLU' = sign h, as h is never negative."""
    return dh.mul_(torch.addcmul(h, h, h, value=-1) if name == "sigmoid" else h.sign())


def batch_norm_backward(dy: Tensor, scale: Tensor, saved: Normed, *, dscale: Tensor, dshift: Tensor) -> Tensor:
    """Writes dγ = Σ dy x̂ into ``dscale`` and dβ = Σ dy into ``dshift``, and gives dz.

    dz = γ (dy - dβ/B - x̂ dγ/B) / √(σ² + ε); where the statistics are constant, only γ dy / √(σ² + ε).
    (Ioffe & Szegedy 2015, section 3.)
    """
    torch.sum(dy * saved.x_hat, 1, keepdim=True, out=dscale)
    torch.sum(dy, 1, keepdim=True, out=dshift)
    if not saved.constant:
        through_statistics = torch.addcmul(dshift, saved.x_hat, dscale)
        dy = torch.add(dy, through_statistics, alpha=-1 / dy.shape[1])
    return dy * (scale * saved.rate)


def cost(outputs: Tensor, y: Tensor) -> Tensor:
    """The mean cross entropy of each network, (K,): outputs (K, B, 2), labels (K, B)."""
    log_p = outputs.log_softmax(2)
    return -log_p.gather(2, y.unsqueeze(2)).mean((1, 2))


def cost_backward(outputs: Tensor, y: Tensor) -> Tensor:
    """∂cost/∂outputs = (softmax - one-hot) / B."""
    delta, target = outputs.softmax(2), y.unsqueeze(2)
    return delta.scatter_add_(2, target, torch.full_like(target, -1, dtype=delta.dtype)).div_(y.shape[1])


def error(outputs: Tensor, y: Tensor) -> Tensor:
    """The share of wrong answers of each network, (K,)."""
    return (outputs.argmax(2) != y).to(outputs.dtype).mean(1)


class Trace(NamedTuple):
    """Costs and errors before the training and after every epoch, (epochs + 1, K), in evaluation mode on whole sets."""

    train_cost: Tensor
    train_error: Tensor
    test_cost: Tensor
    test_error: Tensor


@torch.inference_mode()
def train(stack: Stack, task: Task, choices: Choices, track: Track = iter, *, factor: Tensor | None = None) -> Trace:
    """On batches of 32, again and again over each network's training set; ``factor`` (K,) multiplies its cost.

    Raises ``Diverged`` where a cost is no longer finite.
    """
    stepper = optimiser(stack, choices, factor)
    orders = [order_of(seed, task.y.shape[1] + task.y_test.shape[1]) for seed in stack.seeds]
    scores = [score(stack, task)]
    for _ in track(range(choices.epochs)):
        for chosen in batches(orders, task.y.shape[1]):
            step(stack, stepper, task, chosen.to(task.y.device))
        scores.append(score(stack, task))
    trace = Trace(*map(torch.stack, zip(*scores, strict=True)))
    check_finite(trace)
    return trace


def optimiser(stack: Stack, choices: Choices, factor: Tensor | None = None) -> torch.optim.Optimizer:
    """On the vector of all parameters, whose gradient is the vector of all gradients, each network's times its factor.

    A factor c leaves Adam's steps as they are, but for its ε, which is ε/c to it.
    """
    stack.theta.grad = stack.gradient
    found = OPTIMIZERS[choices.optimizer]([stack.theta], lr=choices.learning_rate, fused=True)
    if factor is not None:
        multiply(stack, found, factor)
    return found


def multiply(stack: Stack, stepper: torch.optim.Optimizer, factor: Tensor) -> None:
    of_each = stack.of_each(factor)

    def before(*_: object) -> None:
        stack.gradient.mul_(of_each)

    stepper.register_step_pre_hook(before)


def check_finite(trace: Trace) -> None:
    """Raises ``Diverged`` unless every cost is a finite number."""
    bad = ~(trace.train_cost.isfinite() & trace.test_cost.isfinite())
    epochs, networks = bad.nonzero().T
    if len(epochs):
        count, first = len(networks.unique()), int(epochs.min())
        raise Diverged(
            f"{count} of {bad.shape[1]} networks diverged, the first in epoch {first}: lower the learning rate"
        )


def batches(orders: Sequence[torch.Generator], count: int) -> Iterator[Tensor]:
    """One epoch of indices (K, B), B = 32 and in the end what is left, as K ``RandomSampler``s draw them."""
    yield from torch.stack([permutation(order, count) for order in orders]).split(BATCH, dim=1)


def permutation(order: torch.Generator, count: int) -> Tensor:
    """One epoch of a ``RandomSampler``, which at the end of each draws a second permutation and uses none of it."""
    rows = torch.randperm(count, generator=order)
    torch.randperm(count, generator=order)
    return rows


def step(stack: Stack, stepper: torch.optim.Optimizer, task: Task, chosen: Tensor, *, follow: Follow = follow) -> None:
    """One update of every network, on the rows (K, B) of its own training set; ``follow`` moves the averages."""
    own = torch.arange(len(stack), device=chosen.device)[:, None]
    saved, _ = backpropagate(stack, task.x[own, chosen], task.y[own, chosen])
    if stack.running is not None:
        used = [layer.normed.used for layer in saved if layer.normed is not None]
        follow(stack.running, Statistics(*map(torch.stack, zip(*used, strict=True))), chosen.shape[1])
    stepper.step()


def score(stack: Stack, task: Task) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Cost and error (K,) on the training set, then on the test set."""
    outputs = stack.outputs(torch.cat([task.x, task.x_test], 1))
    train, test = outputs.split([task.y.shape[1], task.y_test.shape[1]], dim=1)
    return cost(train, task.y), error(train, task.y), cost(test, task.y_test), error(test, task.y_test)


class Norms(NamedTuple):
    """Of ∂L/∂W of every layer of every network, (L + 1, K) for L hidden layers: the last row is the output layer's.

    L1 adds up 150 numbers in the first layer, 25 in a hidden one, 10 in the last; ``mean`` is L1 divided by their
    number, so that layers of different sizes can be compared.
    """

    l1: Tensor
    l2: Tensor
    mean: Tensor

    def ratio(self) -> Tensor:
        """(K,): ‖g₁‖ / ‖g of the output layer‖, in L2. A small loss makes both small; vanishing makes only g₁ small."""
        return self.l2[0] / self.l2[-1]


def norms(stack: Stack, task: Task, evaluating: bool = False) -> Norms:
    """On the whole training set as one batch; batch norm in training mode, or with its running averages."""
    backpropagate(stack, task.x, task.y, evaluating)
    gradients = [layer.weight.flatten(1) for layer in stack.gradients]
    l1 = torch.stack([g.abs().sum(1) for g in gradients])
    return Norms(l1, torch.stack([g.norm(dim=1) for g in gradients]), torch.stack([g.abs().mean(1) for g in gradients]))


class Signals(NamedTuple):
    """Of every hidden layer of every network, (L, K): roots of sums over nodes and of means over the training set."""

    forward: Tensor
    """‖h - h̄‖, h̄ the mean over the tumours: what a layer still says about which tumour it sees."""
    backward: Tensor
    """‖δ‖ · N: what the cost of one tumour says to a layer."""

    def ratio(self) -> Tensor:
        """(K,): ‖δ‖ of the first hidden layer over that of the last."""
        return self.backward[0] / self.backward[-1]


def signals(stack: Stack, task: Task) -> Signals:
    saved, deltas = backpropagate(stack, task.x, task.y)
    tumours = task.y.shape[1]
    apart = [layer.above - layer.above.mean(1, keepdim=True) for layer in saved[:-1]]
    forward = torch.stack([(each.square().sum((1, 2)) / tumours).sqrt() for each in apart])
    # δ has the 1/N of the mean cost in it.
    backward = torch.stack([(each.square().sum((1, 2)) * tumours).sqrt() for each in deltas[:-1]])
    return Signals(forward, backward)


def dead(stack: Stack, x: Tensor) -> Tensor:
    """(K,) bool: some hidden layer gives 0 for every x, so that nothing reaches the layers before it, nor passes it."""
    _, saved = stack.forward(x, evaluating=True)
    silent = torch.stack([(layer.above == 0).flatten(1).all(1) for layer in saved[:-1]])
    return silent.any(0)


def passed(stack: Stack, x: Tensor) -> Tensor:
    """(K,) bool: for some x no hidden layer is silent, so that a gradient of it comes down to the first.

    A network may fail this without being ``dead``: different layers block different x.
    """
    _, saved = stack.forward(x, evaluating=True)
    awake = torch.stack([(layer.above != 0).any(2) for layer in saved[:-1]])
    return awake.all(0).any(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """One cell of the sheet's table: a model and a depth, trained from several seeds."""

    task: Task
    start: Stack
    stack: Stack
    """Before the training, and after it."""
    trace: Trace

    @property
    def label(self) -> str:
        return f"{self.stack.model}, {self.stack.depth} hidden layers"


def trained(lab: Lab, model: Model, depth: int, choices: Choices) -> Trained:
    """Trained once a run, by whichever part asks first."""
    chosen = seeds(lab, networks_of(lab))
    task = pose(lab, chosen, choices.split)
    start, stack = (Stack(model, depth, chosen, like=task.x) for _ in range(2))
    content = as_content(model, depth, choices)
    state = lab.shared("training", lambda: training(lab, stack, task, choices), **content)
    for ours, kept in zip(stack.state(), state["stack"], strict=True):
        ours.copy_(kept)
    return Trained(task=task, start=start, stack=stack, trace=Trace(*(each.to(task.x) for each in state["trace"])))


def training(lab: Lab, stack: Stack, task: Task, choices: Choices) -> dict[str, list[Tensor]]:
    """What can be kept of a training."""
    label = f"{stack.model}, {stack.depth} layers"
    trace = train(stack, task, choices, lambda steps: lab.track(steps, label))
    return {"stack": stack.state(), "trace": list(trace)}


def distance(cell: Trained) -> Tensor:
    """(K,): ‖W₁ after - before‖ / ‖W₁ before‖."""
    before, after = (each.layers[0].weight.flatten(1) for each in (cell.start, cell.stack))
    return (after - before).norm(dim=1) / before.norm(dim=1)


def logits_apart(cell: Trained) -> Tensor:
    """(K,): the largest minus the smallest difference of the two outputs over the training set."""
    outputs = cell.stack.outputs(cell.task.x)
    difference = outputs[:, :, 1] - outputs[:, :, 0]
    return difference.amax(1) - difference.amin(1)
