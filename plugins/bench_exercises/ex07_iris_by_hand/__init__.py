"""ex07: IRIS, with the backward pass written by hand.

7a is ``a_from_uniform.py`` and ``a_trap.py``, 7b ``network.py`` with what stands below, 7c ``c_initialisation.py`` and
``c_depth.py``, 7d ``d_resume.py`` and ``d_interrupted.py``.

A backward pass of your own joins ``ex07.b.speed`` by the hook ``bench_variants``: ``answer.md`` shows how.
"""

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl
from bench.kit.data import iris

from . import a_from_uniform, a_speed, a_trap, c_depth, c_initialisation, d_interrupted, figures
from .b_gradients import Trace, side_by_side
from .b_in_numpy import InNumPy
from .b_in_place import InPlace
from .checks import by_autograd, by_differences, distance, mistakes
from .network import Network
from .problem import TESTED, Task, flatten, outcome, problem
from .reference import train, train_by_autograd

__all__ = ["Network", "Task", "bench_exercise", "exercise", "outcome", "problem", "train"]

exercise = Exercise(tags=("training", "backpropagation", "iris"))


@exercise.study("a", "Trained from U(0, 1): loss and accuracy over seeds, and the trap of a second softmax", epochs=0)
def from_u01(lab: Lab, epochs: int) -> None:
    """``epochs`` of 0 stands for the profile's number."""
    lab.uses(iris())
    count = lab.pick(smoke=3, quick=10, full=50)
    a_from_uniform.study(lab, count, epochs or lab.pick(smoke=60, quick=2000, full=2000))
    a_trap.bounds(lab)
    a_trap.deafness(lab)


@exercise.comparison(
    "a.speed",
    "Many trainings: one after another, or together?",
    reference="idiomatic loop",
    work=lambda networks: Work(networks * a_speed.EPOCHS, "steps"),
    networks=10,
)
def many_trainings(lab: Lab, networks: int) -> dict[str, a_speed.Call]:
    return a_speed.variants(lab, networks)


@exercise.study("b", "A backward pass by hand gives the gradients of autograd, at the start and all along a training")
def backpropagation(lab: Lab) -> None:
    task = problem(lab)
    sizes(lab, task)
    gradients(lab, task)
    training(lab, task)


def sizes(lab: Lab, task: Task) -> None:
    lab.claim("parameters of the network", flatten(task.theta).numel(), equals=103)
    lab.claim("flowers to train on", len(task.y), equals=125)
    lab.claim("flowers to test on", len(task.y_test), equals=TESTED)
    lab.figure("The network", figures.network(), "4-5-5-5-3: the figure that the sheet leaves out, as it is read here.")


def gradients(lab: Lab, task: Task) -> None:
    """At the initial parameters: autograd, finite differences, and what wrong derivatives would look like."""
    _, by_hand = Network(task.theta).backpropagate(task.x, task.y)
    autograd = by_autograd(task.theta, task.x, task.y)
    differences = by_differences(task.theta, task.x, task.y)
    lab.claim("gradients by hand = autograd", distance(by_hand, autograd), at_most=1e-10)
    lab.claim("gradients by hand = central differences", distance(by_hand, differences), at_most=1e-6)
    wrong = mistakes(task)
    lab.table("What the check sees of a mistake", [{"mistake": m, "relative error": e} for m, e in wrong.items()])
    lab.claim("a forgotten slope would be seen", wrong["no slope"], at_least=1e-3)


def training(lab: Lab, task: Task) -> None:
    """Full batch, an epoch is a step: by hand and by autograd from the same parameters."""
    epochs = lab.pick(smoke=50, quick=2000, full=2000)
    trace, net, model = side_by_side(task, lab.track(range(epochs), "training"))
    losses = max(abs(a - b) for a, b in zip(trace.by_hand, trace.by_autograd, strict=True))
    lab.claim("losses by hand = autograd, all along", losses, at_most=1e-10)
    lab.claim("parameters by hand = autograd, all along", max(trace.apart), at_most=1e-10)
    lab.claim("pre-activations below zero, at least", min(trace.negative), at_least=0.01)
    theirs = (model(task.x_test).argmax(1) == task.y_test).double().mean()
    ours = net.accuracy(task.x_test, task.y_test)
    lab.claim("test accuracy by hand - autograd", ours - theirs, equals=0)
    lab.metric("epochs", epochs)
    lab.metric("first loss", trace.by_hand[0], "nat")
    lab.metric("train loss", net.loss(task.x, task.y), "nat")
    lab.metric("test loss", net.loss(task.x_test, task.y_test), "nat")
    lab.metric("train accuracy", 100 * net.accuracy(task.x, task.y), "%")
    lab.metric("test accuracy", 100 * ours, "%")
    draw(lab, trace)


def draw(lab: Lab, trace: Trace) -> None:
    epochs = range(len(trace.by_hand))
    for series, y in {
        "train, by hand": trace.by_hand,
        "train, autograd": trace.by_autograd,
        "test": trace.test,
    }.items():
        lab.curve("loss", epochs, y, series=series, x_label="epoch", y_label="loss (nat)", scale="log-y")
    apart = [(epoch, gap) for epoch, gap in enumerate(trace.apart, start=1) if gap > 0]
    if apart:
        x, differences = zip(*apart, strict=True)
        lab.curve(
            "parameters by hand and by autograd, apart",
            x,
            differences,
            x_label="epoch",
            y_label="largest difference",
            scale="log-y",
        )
    lab.curve(
        "negative pre-activations", epochs, [100 * s for s in trace.negative], x_label="epoch", y_label="share (%)"
    )


@exercise.comparison(
    "b.speed",
    "What does autograd cost at this size, and what is gained by hand?",
    reference="autograd",
    work=lambda steps: Work(steps, "steps"),
    steps=50,
)
def speed(lab: Lab, steps: int) -> Mapping[str, Callable[[], Mapping[str, Tensor]]]:
    task = problem(lab)
    variants: dict[str, Callable[[], Mapping[str, Tensor]]] = {
        "autograd": partial(train_by_autograd, task, steps),
        "autograd, fused": partial(train_by_autograd, task, steps, fused=True),
        "by hand": partial(train, Network, task, steps),
        "by hand, in place": InPlace(task, steps).train,
    }
    if lab.device.type == "cpu":
        variants["by hand, NumPy"] = InNumPy(task, steps).train
        variants["by hand, Numba"] = in_numba(task, steps)
    return variants


def in_numba(task: Task, steps: int) -> Callable[[], Mapping[str, Tensor]]:
    """Numba is imported here, where it is needed, and compiles here, where nothing is timed."""
    from .b_compiled import Compiled

    call = Compiled(task, steps).train
    if task.x.dtype == torch.float32:  # nobody times it in float64
        call()
    return call


@exercise.study("c", "Xavier and He on the sigmoid network: paired seeds and a sign test", epochs=0)
def xavier_or_he(lab: Lab, epochs: int) -> None:
    """``epochs`` of 0 stands for the profile's number."""
    lab.uses(iris())
    pairs = lab.pick(smoke=5, quick=20, full=100)
    c_initialisation.study(lab, pairs, epochs or lab.pick(smoke=60, quick=2000, full=2000))


@exercise.study("c.depth", "Which activation suits which initialisation: signals and gradients through 30 layers")
def thirty_layers(lab: Lab) -> None:
    networks, batch = lab.pick(smoke=(1, 32), quick=(3, 64), full=(20, 256))
    c_depth.study(lab, networks, batch)


@exercise.study(
    "d", "Stopped in the middle and continued by a new process: the same to the last bit", epochs=0, batch=125
)
def stop_and_go_on(lab: Lab, epochs: int, batch: int) -> None:
    """``epochs`` of 0 stands for the profile's number; the stop is in the middle."""
    lab.uses(iris())
    d_interrupted.study(lab, epochs or lab.pick(smoke=40, quick=2000, full=2000), batch)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
