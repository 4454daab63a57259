"""8a, advantage 2: eight ReLU layers, rate 0.1, initial weights over a factor of a thousand."""

from __future__ import annotations

import torch

from bench import Lab

from .a_sweep import HE, NAMES, draw_losses, settings_that_learn, span, sweep, tensor
from .network import Design
from .problem import CHANCE

GAINS = (1 / 64, 1 / 16, 1 / 4, 1.0, 2**0.5, 4.0, 16.0)


def study(lab: Lab) -> None:
    gains = tensor(lab, GAINS)
    losses = {
        name: sweep(lab, Design(normed, "ReLU"), gains, torch.full_like(gains, 0.1)) for normed, name in NAMES.items()
    }
    draw_losses(lab, "Which initial weights work?", GAINS, x_label="initial weights, times 1/√inputs", losses=losses)
    good = {name: settings_that_learn(GAINS, found) for name, found in losses.items()}
    lab.claim("initial scales that learn, largest over smallest, batch norm", span(good["batch norm"]), at_least=16)
    lab.claim("initial scales that learn, largest over smallest, plain", span(good["plain"]), at_most=3)
    # of one learning network the span above is 1 and of none it is NaN, so that this is the other side of the bound
    lab.claim("initial scales that learn, plain: He's is among them", float(2**0.5 in good["plain"]), equals=1)
    at_rate_of_he(lab)


def at_rate_of_he(lab: Lab, scale: float = 4.0) -> None:
    """Weights a times as large move like ordinary ones at 1/a² of the rate: here the rate makes up for it."""
    faster = tensor(lab, (0.1 * scale**2 / HE**2,))
    found = sweep(lab, Design(True, "ReLU"), tensor(lab, (scale,)), faster)
    name = "batch norm, scale 4 at 8 times the rate: loss over chance, worst seed"
    lab.claim(name, found.max() / CHANCE, at_most=0.5)
