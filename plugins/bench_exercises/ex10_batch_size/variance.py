"""10a: the variance of a mini-batch's gradient, measured at fixed weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from bench import Lab
from bench.kit.data import mnist

from .batches import sizes
from .feed import Digits
from .network import initial
from .noise import Noise, gradient_noise, slope


def falls_with_the_batch(lab: Lab, batch: Sequence[int] | int) -> None:
    batches = sizes(batch)
    images = lab.pick(smoke=400, quick=4000, full=None)
    draws = lab.pick(smoke=16, quick=30, full=1000)
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, torch.float32, images)
    net = initial(lab.seed).to(lab.device)
    generator = lab.generator()
    noises = [
        # A small batch costs little and its estimate is the loosest: it is drawn more often.
        gradient_noise(net, digits, batch=size, draws=max(draws, 4 * draws // size), generator=generator)
        for size in lab.track(batches, "gradient noise")
    ]
    lab.table("Noise of a mini-batch at the initial weights", map(noise_row, noises))
    for name, values, power, expected in (
        ("variance of the gradient", [n.variance for n in noises], 1.0, "∝ 1/B"),
        ("standard deviation of the loss", [n.deviation for n in noises], 0.5, "∝ 1/√B"),
    ):
        law = [values[0] * (batches[0] / size) ** power for size in batches]
        axes: dict[str, Any] = {"x_label": "batch size B", "y_label": name, "scale": "log-log", "kind": "law"}
        lab.curve(f"{name} at fixed weights", batches, values, series="measured", **axes)
        lab.curve(f"{name} at fixed weights", batches, law, series=expected, **axes)
    if len(batches) > 1:
        slopes(lab, noises)


def noise_row(noise: Noise) -> dict[str, Any]:
    return {
        "batch size": noise.batch,
        "draws": noise.draws,
        "E‖g − E g‖²": noise.variance,
        "times B, that is σ²": noise.variance * noise.batch,
        "‖E g‖²": noise.signal,
        "standard deviation of the loss": noise.deviation,
    }


def slopes(lab: Lab, noises: Sequence[Noise]) -> None:
    batches = [noise.batch for noise in noises]
    power = slope(batches, [noise.variance for noise in noises])
    lab.metric("slope of log gradient variance over log B", power)
    lab.claim("the gradient variance falls as 1/B: slope + 1", abs(power + 1), at_most=0.1)
    root = slope(batches, [noise.deviation for noise in noises])
    lab.metric("slope of log loss deviation over log B", root)
    if lab.profile != "smoke":
        lab.claim("the loss deviation falls as 1/√B: slope + ½", abs(root + 0.5), at_most=0.1)
