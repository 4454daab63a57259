"""7a: the network trained from U(0, 1), over several seeds; standardised or raw, with one softmax or with two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench import Lab

from .a_trap import FLOOR, LOSSES, ROUNDING
from .network import Network
from .problem import pose, stacked
from .reference import train
from .together import Progress, train_together

FEATURES = ("standardised", "raw")
MAIN = ("standardised", "log-softmax")
SERIES = {"train loss": "nat", "test loss": "nat", "train accuracy": "%", "test accuracy": "%"}
SEEDS_PER_LAB = 1000
"""Network s of a lab with seed r has seed 1000 r + s: two labs share none."""
Way = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Trained:
    """One way of training: every series is (epochs + 1, seeds), losses in nats, accuracies in %."""

    series: dict[str, Tensor]

    def last(self, name: str) -> Tensor:
        return self.series[name][-1]


def seeds(lab: Lab, count: int) -> range:
    return range(SEEDS_PER_LAB * lab.seed, SEEDS_PER_LAB * lab.seed + count)


def study(lab: Lab, count: int, epochs: int) -> None:
    """All four ways, ``count`` seeds of each."""
    tasks = [
        pose(seed, lab.device, lab.dtype, standardised=features == "standardised")
        for features in FEATURES
        for seed in seeds(lab, count)
    ]
    ways: dict[Way, Trained] = {}
    for name, loss in LOSSES.items():
        progress = train_together(stacked(tasks), lab.track(range(epochs), f"training, {name}"), loss_of=loss)
        ways |= {(features, name): by_features(progress, i, count) for i, features in enumerate(FEATURES)}
    lab.metric("seeds, U(0, 1)", count)
    lab.metric("epochs, U(0, 1)", epochs)
    report(lab, ways)
    claims(lab, ways, count)
    draw(lab, ways)


def by_features(progress: Progress, i: int, count: int) -> Trained:
    own = slice(i * count, (i + 1) * count)
    found = (progress.train_loss, progress.test_loss, 100 * progress.train_accuracy, 100 * progress.test_accuracy)
    return Trained({name: series[:, own].cpu() for name, series in zip(SERIES, found, strict=True)})


def report(lab: Lab, ways: dict[Way, Trained]) -> None:
    rows = [
        {"features": way[0], "loss": way[1], "first train loss": spread(trained.series["train loss"][0], "nat")}
        | {name: spread(trained.last(name), unit) for name, unit in SERIES.items()}
        for way, trained in ways.items()
    ]
    lab.table("Mean ± deviation over the seeds, and the range", rows)
    main = ways[MAIN]
    lab.table("Every seed: standardised, log-softmax", per_seed(lab, main))
    for name, unit in SERIES.items():
        lab.metric(f"{name}, mean over seeds", main.last(name).mean(), unit)
        lab.metric(f"{name}, deviation over seeds", main.last(name).std(), unit)
    for way, trained in ways.items():
        if way != MAIN:
            for name, unit in SERIES.items():
                lab.metric(f"{', '.join(way)}: {name}, mean over seeds", trained.last(name).mean(), unit)
        lab.metric(f"{', '.join(way)}: lowest train accuracy", trained.last("train accuracy").min(), "%")


def spread(values: Tensor, unit: str) -> str:
    digits = 1 if unit == "%" else 3
    low, high = float(values.min()), float(values.max())
    return f"{values.mean():.{digits}f} ± {values.std():.{digits}f} ({low:.{digits}f}–{high:.{digits}f}) {unit}"


def per_seed(lab: Lab, trained: Trained) -> list[dict[str, float]]:
    columns = {f"{name} ({unit})": trained.last(name).tolist() for name, unit in SERIES.items()}
    count = trained.last("train loss").numel()
    return [
        {"seed": seed} | {name: column[i] for name, column in columns.items()}
        for i, seed in enumerate(seeds(lab, count))
    ]


def claims(lab: Lab, ways: dict[Way, Trained], count: int) -> None:
    lowest = min(float(ways[features, "softmax twice"].series["train loss"].min()) for features in FEATURES)
    lab.claim("softmax twice: lowest train loss of all epochs and seeds", lowest, at_least=FLOOR - ROUNDING)
    lab.claim("trained together = trained by hand, alone", together_or_alone(lab, count), at_most=1e-10)
    if lab.profile != "smoke":
        mean = ways[MAIN].last("train loss").mean()
        lab.claim("log-softmax goes below: train loss, mean over seeds", mean, at_most=FLOOR)


def together_or_alone(lab: Lab, count: int, steps: int = 30) -> float:
    """The largest difference between the losses of networks in a stack and those of ``Network``, by itself."""
    tasks = [pose(seed, lab.device, lab.dtype) for seed in seeds(lab, min(count, 3))]
    together = train_together(stacked(tasks), range(steps)).train_loss[:-1]
    alone = torch.stack([train(Network, task, steps)["losses"] for task in tasks], 1)
    return float((together - alone).abs().max())


def draw(lab: Lab, ways: dict[Way, Trained]) -> None:
    for kind, unit in {"loss": "nat", "accuracy": "%"}.items():
        for part in ("train", "test"):
            series = ways[MAIN].series[f"{part} {kind}"]
            worst = series.amax(1) if kind == "loss" else series.amin(1)
            for name, y in {f"{part}, mean": series.mean(1), f"{part}, worst of each epoch": worst}.items():
                line(lab, f"{kind} from U(0, 1)", name, y, f"{kind} ({unit})", log=kind == "loss")
    for (features, loss), trained in ways.items():
        y = trained.series["train loss"].mean(1)
        line(lab, "one softmax or two", f"{features}, {loss}", y, "train loss, mean over seeds (nat)")
    epochs = len(ways[MAIN].series["train loss"])
    line(lab, "one softmax or two", "log(1 + 2/e)", torch.full((epochs,), FLOOR), "train loss, mean over seeds (nat)")


def line(lab: Lab, chart: str, series: str, y: Tensor, label: str, *, log: bool = True) -> None:
    where: dict[str, Any] = {"x_label": "epoch", "y_label": label, "scale": "log-y" if log else "linear"}
    lab.curve(chart, range(len(y)), y, series=series, **where)
