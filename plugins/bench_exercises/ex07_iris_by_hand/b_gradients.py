"""7b: the backward pass by hand against autograd and central differences, at the start and all along a training."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import max_error, relative_error

from .by_hand import step
from .checks import by_differences, mistakes
from .figures import network
from .network import Network
from .problem import SHAPES, SHEET, TESTED, Choices, Task, flatten, pose, shapes_of, unflatten
from .reference import OPTIMIZERS, by_autograd, parameters, sequential


def study(lab: Lab, epochs: int, choices: Choices) -> None:
    task = pose(lab, choices)
    sizes(lab, task)
    gradients(lab, task)
    training(lab, task, epochs, choices)


def sizes(lab: Lab, task: Task) -> None:
    lab.claim("parameters of the network", flatten(task.theta).numel(), equals=103, as_declared=True)
    lab.claim("flowers to train on", len(task.y), equals=125, as_declared=True)
    lab.claim("flowers to test on", len(task.y_test), equals=TESTED, as_declared=True)
    if shapes_of(task.theta) == SHAPES:
        lab.figure("The network", network(), "4-5-5-5-3: the figure that the sheet leaves out, as it is read here.")


def gradients(lab: Lab, task: Task) -> None:
    """At the initial parameters: autograd, finite differences, and what wrong derivatives would look like."""
    _, by_hand = Network(task.theta).backpropagate(task.x, task.y)
    autograd = by_autograd(task.theta, task.x, task.y)
    differences = by_differences(task.theta, task.x, task.y)
    lab.claim("gradients by hand = autograd", relative_error(by_hand, autograd), at_most=1e-10)
    # How exact a difference is hangs on the network: one that is deep and saturated has slopes too small to be seen.
    error = relative_error(by_hand, differences)
    lab.claim("gradients by hand = central differences", error, at_most=1e-6, as_declared=True)
    wrong = mistakes(task)
    lab.table("What the check sees of a mistake", [{"mistake": m, "relative error": e} for m, e in wrong.items()])
    lab.claim("a forgotten slope would be seen", wrong["no slope"], at_least=1e-3, as_declared=True)


def training(lab: Lab, task: Task, epochs: int, choices: Choices) -> None:
    """Full batch, an epoch is a step: by hand and by autograd from the same parameters."""
    trace, net, model = side_by_side(task, lab.track(range(epochs), "training"), choices)
    losses = max_error(*(torch.tensor(series, dtype=torch.float64) for series in (trace.by_hand, trace.by_autograd)))
    # Rounding grows along a training, and faster where it takes longer steps.
    lab.claim("losses by hand = autograd, all along", losses, at_most=1e-10, as_declared=True)
    lab.claim("parameters by hand = autograd, all along", max(trace.apart), at_most=1e-10, as_declared=True)
    lab.claim("pre-activations below zero, at least", min(trace.negative), at_least=0.01, as_declared=True)
    theirs = (model(task.x_test).argmax(1) == task.y_test).double().mean()
    ours = net.accuracy(task.x_test, task.y_test)
    lab.claim("test accuracy by hand - autograd", ours - theirs, equals=0, as_declared=True)
    lab.metric("epochs", epochs)
    lab.metric("first loss", trace.by_hand[0], "nat")
    lab.metric("train loss", net.loss(task.x, task.y), "nat")
    lab.metric("test loss", net.loss(task.x_test, task.y_test), "nat")
    lab.metric("train accuracy", 100 * net.accuracy(task.x, task.y), "%")
    lab.metric("test accuracy", 100 * ours, "%")
    draw(lab, trace)


@dataclass(slots=True, kw_only=True)
class Trace:
    """One number an epoch, all before its step, but for ``apart``."""

    by_hand: list[float] = field(default_factory=list)
    by_autograd: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)
    """The furthest parameter after the step; never NaN, which Python's max would pass over."""
    negative: list[float] = field(default_factory=list)
    """The share of hidden pre-activations at or below zero, where the slope is 0.2."""


def side_by_side(task: Task, epochs: Iterable[int], choices: Choices = SHEET) -> tuple[Trace, Network, nn.Module]:
    """Train both for an epoch at a time; give the trace and the two trained networks."""
    theta = flatten(task.theta)
    net, state = Network(unflatten(theta, shapes_of(task.theta))), None
    model = sequential(task.theta)
    optimizer = OPTIMIZERS[choices.optimizer](model.parameters(), lr=choices.learning_rate)
    trace = Trace()
    for _ in epochs:
        trace.negative.append(negative_share(net, task.x))
        trace.test.append(float(net.loss(task.x_test, task.y_test)))
        loss, gradient = net.backpropagate(task.x, task.y)
        state = step(theta, flatten(gradient), state, choices)
        trace.by_hand.append(float(loss))
        trace.by_autograd.append(autograd_epoch(model, optimizer, task))
        trace.apart.append(max_error(net.theta, parameters(model)))
    return trace, net, model


def autograd_epoch(model: nn.Module, optimizer: torch.optim.Optimizer, task: Task) -> float:
    optimizer.zero_grad()
    loss = nn.functional.nll_loss(model(task.x), task.y)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def negative_share(net: Network, x: Tensor) -> float:
    z, _ = net.forward(x)
    return float((torch.cat(z[1:-1], 1) <= 0).double().mean())


def draw(lab: Lab, trace: Trace) -> None:
    epochs = range(len(trace.by_hand))
    lines = {"train, by hand": trace.by_hand, "train, autograd": trace.by_autograd, "test, by hand": trace.test}
    for series, y in lines.items():
        lab.curve("loss", epochs, y, series=series, x_label="epoch", y_label="loss (nat)", scale="log-y", kind="course")
    draw_apart(lab, trace.apart)
    share = [100 * negative for negative in trace.negative]
    lab.curve("negative pre-activations", epochs, share, x_label="epoch", y_label="share (%)", kind="course")


def draw_apart(lab: Lab, apart: list[float]) -> None:
    """Without the epochs that are equal to the last bit: a logarithmic axis has no place for them."""
    different = {epoch: error for epoch, error in enumerate(apart, start=1) if error > 0}
    if different:
        lab.curve(
            "parameters by hand and by autograd, apart",
            different.keys(),
            different.values(),
            x_label="epoch",
            y_label="largest difference",
            scale="log-y",
            kind="course",
        )
