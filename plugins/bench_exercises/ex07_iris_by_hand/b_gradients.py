"""7b: the backward pass by hand against autograd and central differences, at the start and all along a training."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import by_rounding, largest, max_error, nudged, relative_error, smallest

from . import b_mistakes, b_speed
from .by_hand import Walk
from .checks import EXACT, differences, same
from .figures import network
from .network import Network
from .problem import SHAPES, SHEET, TESTED, Choices, Task, flatten, pose, shapes_of
from .reference import OPTIMIZERS, UNITS, by_autograd, check_finite, parameters, sequential

DIFFERENCED = 1e-6
"""What central differences are good for."""


def study(lab: Lab, epochs: int, choices: Choices) -> None:
    task = pose(lab, choices)
    sizes(lab, task)
    gradients(lab, task)
    training(lab, task, epochs, choices)
    b_speed.exactly(lab)
    if lab.as_declared:  # a network without a negative pre-activation has no slope to forget
        b_mistakes.study(lab, task)


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
    slopes = differences(task.theta, task.x, task.y)
    moved = nudged(task.theta)
    allowed = by_rounding(relative_error(by_autograd(moved, task.x, task.y), autograd))
    same(lab, "gradients by hand = autograd", relative_error(by_hand, autograd), allowed)
    # The rounding of two losses over the distance between them; what is small beside it cannot be seen.
    rounding = by_rounding(max_error(Network(moved).loss(task.x, task.y), Network(task.theta).loss(task.x, task.y)))
    allowed = rounding / slopes.step / smallest(float(g.abs().max()) or 1.0 for g in autograd.values())
    error = relative_error(slopes.measured(by_hand), slopes.gradient)
    same(lab, "gradients by hand = central differences", error, allowed, bound=DIFFERENCED)


def training(lab: Lab, task: Task, epochs: int, choices: Choices) -> None:
    """Full batch, an epoch is a step: by hand and by autograd from the same parameters."""
    trace, net, model = side_by_side(task, lab.track(range(epochs), "training"), choices)
    losses = max_error(*(torch.tensor(series, dtype=torch.float64) for series in (trace.by_hand, trace.by_autograd)))
    # Rounding grows along a training, the faster the longer its steps; what nudges grow to says how far.
    same(lab, "losses by hand = autograd, all along", losses, by_rounding(largest(trace.losses_shaken)))
    same(lab, "parameters by hand = autograd, all along", largest(trace.apart), by_rounding(largest(trace.shaken)))
    lab.claim("pre-activations below zero, at least", smallest(trace.negative), at_least=0.01, as_declared=True)
    lab.metric("epochs", epochs)
    lab.metric("first loss", trace.by_hand[0], "nat")
    scores(lab, task, net, model)
    draw(lab, trace)


def scores(lab: Lab, task: Task, net: Network, model: nn.Module) -> None:
    """What is reported of both sets, counted by hand, against what PyTorch counts."""
    found: dict[str, Tensor] = {}
    expected: dict[str, Tensor] = {}
    for name, x, y in (("train", task.x, task.y), ("test", task.x_test, task.y_test)):
        log_p = model(x).detach()
        found |= {f"{name} loss": net.loss(x, y), f"{name} accuracy": 100 * net.accuracy(x, y)}
        right = (log_p.argmax(1) == y).double().mean()
        expected |= {f"{name} loss": nn.functional.nll_loss(log_p, y), f"{name} accuracy": 100 * right}
    apart = float(found["test accuracy"] - expected["test accuracy"]) / 100
    lab.claim("test accuracy by hand - autograd", apart, equals=0, as_declared=True)
    lab.claim("scores of both sets by hand = PyTorch's", max_error(found, expected), at_most=EXACT, as_declared=True)
    for name, score in found.items():
        lab.metric(name, score, UNITS[name])


@dataclass(slots=True, kw_only=True)
class Trace:
    """One number an epoch, all before its step, but for ``apart``."""

    by_hand: list[float] = field(default_factory=list)
    by_autograd: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)
    """The furthest parameter after the step; never NaN, which Python's max would pass over."""
    shaken: list[float] = field(default_factory=list)
    """... from that of a training by hand whose parameters are nudged before every step."""
    losses_shaken: list[float] = field(default_factory=list)
    """How far its loss is from the other's."""
    negative: list[float] = field(default_factory=list)
    """The share of hidden pre-activations at or below zero, where the slope is 0.2."""


def side_by_side(task: Task, epochs: Iterable[int], choices: Choices = SHEET) -> tuple[Trace, Network, nn.Module]:
    """Train both for an epoch at a time; give the trace and the two trained networks. Raises ``Diverged`` where a loss
    is no longer finite."""
    ours, shaken = (Walk(Network, task, choices) for _ in range(2))
    model = sequential(task.theta)
    optimizer = OPTIMIZERS[choices.optimizer](model.parameters(), lr=choices.learning_rate)
    trace = Trace()
    for _ in epochs:
        trace.negative.append(negative_share(ours.net, task.x))
        trace.test.append(float(ours.net.loss(task.x_test, task.y_test)))
        trace.by_hand.append(float(ours.epoch()[0]))
        trace.by_autograd.append(autograd_epoch(model, optimizer, task))
        trace.apart.append(max_error(ours.net.theta, parameters(model)))
        shaken.nudge()
        trace.losses_shaken.append(max_error(float(shaken.epoch()[0]), trace.by_hand[-1]))
        trace.shaken.append(max_error(shaken.net.theta, ours.net.theta))
    train = [*trace.by_hand, float(ours.net.loss(task.x, task.y))]
    test = [*trace.test, float(ours.net.loss(task.x_test, task.y_test))]
    check_finite(torch.tensor([train, test], dtype=torch.float64).sum(0)[:, None])
    return trace, ours.net, model


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
