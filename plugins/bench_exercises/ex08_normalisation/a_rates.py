"""8a, advantage 1: eight ReLU layers, He's initial weights, seven learning rates."""

from __future__ import annotations

import math

import torch

from bench import Lab
from bench.kit.compare import largest

from .a_sweep import HE, NAMES, draw_losses, settings_that_learn, sweep, tensor
from .checks import solution_apart
from .network import Design

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


def study(lab: Lab) -> None:
    rates = tensor(lab, RATES)
    losses = {
        name: sweep(lab, Design(normed, "ReLU"), torch.full_like(rates, HE), rates) for normed, name in NAMES.items()
    }
    draw_losses(lab, "Which learning rates work?", RATES, x_label="learning rate", losses=losses)
    # NaN where no rate learned at all: a claim refuses it
    highest = {name: max(settings_that_learn(RATES, found), default=math.nan) for name, found in losses.items()}
    for name, rate in highest.items():
        lab.metric(f"largest learning rate that learns, {name}", rate)
    lab.claim("largest learning rate: batch norm over plain", highest["batch norm"] / highest["plain"], at_least=3)
    for name, found in losses.items():
        lab.metric(f"loss at the best learning rate, {name}", found.mean(0).min(), "nats")
    apart = largest(solution_apart(normed, tensor(lab, (0.1,)), lab.generator()) for normed in NAMES)
    lab.claim("the model solution = the stacked networks: losses of 20 steps, relative", apart, at_most=1e-9)
