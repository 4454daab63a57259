"""7a: the network trained from U(0, 1), over several seeds; standardised or raw, with one softmax or with two."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import by_rounding, max_error
from bench.kit.data import iris

from . import a_flowers, a_solution, a_trap
from .a_trap import FLOOR, LOSSES, ROUNDING
from .by_hand import Walk, train
from .checks import same
from .figures import by_epoch, spread
from .network import Network
from .problem import Choices, Task, pose_seed, seeds, stacked
from .reference import UNITS, train_together

FEATURES = ("standardised", "raw")
Way = tuple[str, str]
"""Features, and a loss of ``LOSSES``."""
MAIN: Way = ("standardised", "log-softmax")
Series = dict[str, Tensor]
"""The series of one way of training under the names of ``UNITS``, each (epochs + 1, seeds)."""


def study(lab: Lab, epochs: int, choices: Choices) -> None:
    lab.uses(iris())
    a_flowers.study(lab, choices)
    count = lab.pick(smoke=3, quick=10, full=50)
    ways = trained(lab, count, epochs, choices)
    lab.metric("seeds, U(0, 1)", count)
    lab.metric("epochs, U(0, 1)", epochs)
    report(lab, ways)
    claims(lab, ways, count, choices)
    a_solution.study(lab, epochs, ways[MAIN]["train loss"][:-1, 0], per_seed(lab, ways[MAIN])[0])
    draw(lab, ways)
    a_trap.study(lab)


def trained(lab: Lab, count: int, epochs: int, choices: Choices) -> dict[Way, Series]:
    """All four ways, ``count`` seeds of each."""
    tasks = [
        pose_seed(seed, lab.device, lab.dtype, standardised=features == "standardised", choices=choices)
        for features in FEATURES
        for seed in seeds(lab, count)
    ]
    for i, features in enumerate(FEATURES):
        sure = a_trap.certain(tasks[i * count : (i + 1) * count])
        lab.metric(f"{features}: flowers with a largest p above 0.99 at the start", 100 * sure, "%")
    ways: dict[Way, Series] = {}
    for name, loss in LOSSES.items():
        steps = lab.track(range(epochs), f"training, {name}")
        progress = train_together(stacked(tasks), steps, loss_of=loss, choices=choices)
        for i, features in enumerate(FEATURES):
            ways[features, name] = progress.series(slice(i * count, (i + 1) * count))
    return ways


def report(lab: Lab, ways: dict[Way, Series]) -> None:
    rows = [
        {"features": features, "loss": loss, "first train loss": spread(series["train loss"][0], "nat")}
        | {name: spread(series[name][-1], unit) for name, unit in UNITS.items()}
        for (features, loss), series in ways.items()
    ]
    lab.table("Mean ± deviation over the seeds, and the range", rows)
    lab.table("Every seed: standardised, log-softmax", per_seed(lab, ways[MAIN]))
    for name, unit in UNITS.items():
        lab.metric(f"{name}, mean over seeds", ways[MAIN][name][-1].mean(), unit)
        lab.metric(f"{name}, deviation over seeds", ways[MAIN][name][-1].std(), unit)
    for way, series in ways.items():
        if way != MAIN:
            for name, unit in UNITS.items():
                lab.metric(f"{', '.join(way)}: {name}, mean over seeds", series[name][-1].mean(), unit)
        lab.metric(f"{', '.join(way)}: lowest train accuracy", series["train accuracy"][-1].min(), "%")


def per_seed(lab: Lab, series: Series) -> list[dict[str, float]]:
    columns = {f"{name} ({unit})": series[name][-1].tolist() for name, unit in UNITS.items()}
    count = series["train loss"].shape[1]
    return [
        {"seed": seed} | {name: column[i] for name, column in columns.items()}
        for i, seed in enumerate(seeds(lab, count))
    ]


def claims(lab: Lab, ways: dict[Way, Series], count: int, choices: Choices) -> None:
    # torch's min, for Python's would pass over a loss that is NaN.
    lowest = torch.stack([ways[features, "softmax twice"]["train loss"] for features in FEATURES]).min()
    lab.claim("softmax twice: lowest train loss of all epochs and seeds", lowest, at_least=FLOOR - ROUNDING)
    together_or_alone(lab, count, choices)
    if lab.profile != "smoke":  # whose epochs are too few to get there
        mean = ways[MAIN]["train loss"][-1].mean()
        for part, least in (("train", 95), ("test", 90)):
            right = ways[MAIN][f"{part} accuracy"][-1].mean()
            lab.claim(f"{part} accuracy, mean over seeds (%)", right, at_least=least, as_declared=True)
        lab.claim("log-softmax goes below: train loss, mean over seeds", mean, at_most=FLOOR, as_declared=True)


def together_or_alone(lab: Lab, count: int, choices: Choices, steps: int = 30) -> None:
    """The losses of networks in a stack are those of ``Network``, by itself: but for rounding, which grows along a
    training as what a nudge before every step comes to."""
    tasks = [pose_seed(seed, lab.device, lab.dtype, choices=choices) for seed in seeds(lab, min(count, 3))]
    progress = train_together(stacked(tasks), range(steps), choices=choices)
    trained_alone = [train(Network, task, steps, choices) for task in tasks]
    together, alone = progress.train_loss[:-1], torch.stack([each["losses"] for each in trained_alone], 1)
    allowed = by_rounding(max_error(torch.stack([shaken(task, steps, choices) for task in tasks], 1), alone))
    same(lab, "trained together = trained by hand, alone", max_error(together, alone), allowed)
    series = progress.series(slice(None))
    ours = {name: series[name][-1] for name in UNITS}
    nets = [Network({name: each[name] for name in task.theta}) for each, task in zip(trained_alone, tasks, strict=True)]
    counted = [scores(net, task) for net, task in zip(nets, tasks, strict=True)]
    theirs = {name: torch.stack([each[name] for each in counted]).cpu() for name in UNITS}
    same(lab, "scores of both sets, together = counted by hand, alone", max_error(ours, theirs), 100 * allowed)


def scores(net: Network, task: Task) -> dict[str, Tensor]:
    """Under the names of ``UNITS``, in these."""
    return {
        "train loss": net.loss(task.x, task.y),
        "test loss": net.loss(task.x_test, task.y_test),
        "train accuracy": 100 * net.accuracy(task.x, task.y).to(task.x),
        "test accuracy": 100 * net.accuracy(task.x_test, task.y_test).to(task.x),
    }


def shaken(task: Task, steps: int, choices: Choices) -> Tensor:
    """The losses (steps,) of a training whose parameters are nudged before every step."""
    walk, losses = Walk(Network, task, choices), []
    for _ in range(steps):
        walk.nudge()
        losses.append(walk.epoch()[0])
    return torch.stack(losses)


def draw(lab: Lab, ways: dict[Way, Series]) -> None:
    for kind, unit in {"loss": "nat", "accuracy": "%"}.items():
        for part in ("train", "test"):
            y = ways[MAIN][f"{part} {kind}"]
            worst = y.amax(1) if kind == "loss" else y.amin(1)
            lines = {f"{part}, mean of seeds": y.mean(1), f"{part}, worst seed": worst}
            label = f"{kind} over {y.shape[1]} seeds ({unit})"
            by_epoch(lab, f"{kind} from U(0, 1)", lines, y_label=label, log=kind == "loss")
    for features in FEATURES:
        means = {loss: ways[features, loss]["train loss"].mean(1) for loss in LOSSES}
        means["log(1 + 2/e)"] = torch.full_like(means["softmax twice"], FLOOR)
        name = f"one softmax or two, {features} features"
        seeds = ways[features, "softmax twice"]["train loss"].shape[1]
        by_epoch(lab, name, means, y_label=f"train loss, mean of {seeds} seeds (nat)")
