"""8a, internal covariate shift: how the inputs of the last activation move while the layers below learn."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from bench import Lab

from .a_sweep import HE, NAMES, tensor
from .network import Design, Networks
from .problem import BATCH, examples

EVERY = 5


def study(lab: Lab) -> None:
    steps, stream, rate = lab.pick(smoke=60, quick=150, full=400), lab.generator(), tensor(lab, (0.1,))
    probe, _ = examples(512, stream, rate)
    batches = [examples(BATCH, stream, rate) for _ in range(steps)]
    start = stream.get_state()
    moved = {}
    for normed, name in NAMES.items():
        stream.set_state(start)  # the same weights for both
        networks = Networks.draw(Design(normed, "ReLU"), tensor(lab, (HE,)), 1, stream)
        moved[name] = drift(networks, probe, lab.track(batches, name), rate)
        lab.curve(
            "Drift of the inputs of the last activation",
            range(0, steps, EVERY),
            moved[name],
            series=name,
            x_label="step",
            y_label="root mean square change of mean and deviation",
        )
        lab.metric(f"drift of the last activation's inputs, {name}", moved[name][-1])
    ratio = moved["plain"][-1] / moved["batch norm"][-1]
    lab.claim("drift of the last activation's inputs: plain over batch norm", ratio, at_least=2)


def drift(networks: Networks, probe: Tensor, batches: Iterable[tuple[Tensor, Tensor]], rate: Tensor) -> list[float]:
    """How far the last layer's means and deviations are from where they began, at every fifth step."""
    start, distances = moments(networks, probe), []
    for step, batch in enumerate(batches):
        networks.step(*batch, rate)
        if step % EVERY == 0:
            distances.append(float((moments(networks, probe) - start).square().mean().sqrt()))
    return distances


@torch.no_grad()
def moments(networks: Networks, probe: Tensor) -> Tensor:
    """Mean and standard deviation over the probe of each unit in the last hidden layer, before its activation."""
    z = networks.layers(probe)[-2]
    return torch.cat([z.mean(2), z.std(2)])
