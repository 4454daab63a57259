"""7c: pairs of networks with one split and one draw of standard normal numbers, scaled by Xavier's law or He's."""

from __future__ import annotations

import math
from dataclasses import replace

import torch

from bench import Lab
from bench.kit.compare import largest, max_error, relative_error

from .problem import LAWS, SEEDS_PER_LAB, SHEET, Choices, Law, Task, normal, pose_seed, seeds, stacked


def scaled(task: Task, seed: int, law: Law, choices: Choices = SHEET) -> Task:
    """The task with weights N(0, law) and biases 0."""
    theta = normal(torch.Generator().manual_seed(seed), choices, law)
    return replace(task, theta={name: p.to(task.x) for name, p in theta.items()})


def posed(lab: Lab, pairs: int, choices: Choices) -> Task:
    """The tasks of Xavier's networks and then those of He's. A full run takes other pairs than a quick one, so that it
    can repeat what that has found, or not."""
    first = lab.pick(smoke=0, quick=0, full=SEEDS_PER_LAB // 2)
    tasks = {
        seed: pose_seed(seed, lab.device, lab.dtype, choices=choices)
        for seed in (first + seed for seed in seeds(lab, pairs))
    }
    return stacked([scaled(task, seed, law, choices) for law in LAWS.values() for seed, task in tasks.items()])


def unpaired(both: Task) -> float:
    """How far the two halves are from being pairs."""
    pairs = len(both.x) // 2
    (x, other_x), (y, other_y) = both.x.split(pairs), both.y.split(pairs)
    errors = [max_error(other_x, x), float((y != other_y).sum())]
    for name, p in both.theta.items():
        xavier, he = p.split(pairs)
        if name.startswith("W"):
            outputs, inputs = p.shape[1:]
            errors.append(relative_error(he, math.sqrt(1 + outputs / inputs) * xavier))
        else:
            errors.append(float(p.abs().max()))
    return largest(errors)
