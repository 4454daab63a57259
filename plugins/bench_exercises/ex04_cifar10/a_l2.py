"""4a2: L2, the three things that go by this name, and what weight decay does to a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from bench import Lab
from bench.kit.training import l2

from .a_penalties import compare_weights, decayed, name, pull_of_norm, steps_apart, touched
from .network import initial, weighted
from .problem import STRENGTHS, Setting, load
from .reference import Change, record, resolution, train

EXACT = 1e-12


def change(strength: float, seed: int | None = None) -> Change:
    return Change(label=name("L2", strength), weight_decay=strength, seed=seed)


def study(lab: Lab, setting: Setting, weight_decay: Sequence[float]) -> None:
    photos = load(lab, setting)
    conventions(lab)
    plain = train(lab, setting, photos, timed=False)
    nets: dict[str, nn.Module] = {"at the start": initial(lab.seed, width=setting.width), "baseline": plain.net}
    for strength in weight_decay:
        trained = train(lab, setting, photos, change(strength))
        record(lab, photos, trained)
        left = decayed(len(trained.history.losses), setting.learning_rate * strength, setting.momentum)
        lab.metric(f"what the penalty alone would leave of a weight, {trained.label}", left)
        nets[trained.label] = trained.net
        if strength == max(STRENGTHS):
            shorter = length(trained.net) / length(plain.net)
            lab.claim(f"‖w‖ under {trained.label} over the baseline's", shorter, at_most=1)
        if strength == min(STRENGTHS) and lab.profile == "full":
            gap = trained.history.last.gap / plain.history.last.gap
            lab.claim(f"gap under {trained.label} over the baseline's", gap, at_most=1, as_declared=True)
    below = resolution(setting.learning_rate * max(weight_decay), setting.momentum)
    compare_weights(lab, photos.name, nets, below)


def length(net: nn.Module) -> float:
    """‖w‖ over the weights of all layers."""
    return float(torch.cat([layer.weight.detach().flatten() for layer in weighted(net).values()]).double().norm())


def conventions(lab: Lab, strength: float = 0.01) -> None:
    """Three things that are called L2, told apart on a small network in float64."""
    net = initial(lab.seed, width=1 / 16).to(lab.device, lab.dtype)
    x = torch.rand(8, 3, 32, 32, generator=lab.generator()).to(lab.device, lab.dtype)
    y = torch.arange(8, device=lab.device)
    ways: dict[str, Any] = {"decay": (None, strength), "twice": (None, 2 * strength)}
    ways |= {"half": (l2(strength), 0), "whole": (l2(2 * strength), 0), "none": (None, 0)}

    def apart(first: str, second: str, steps: int = 5) -> float:
        return steps_apart(net, x, y, first=ways[first], second=ways[second], steps=steps)

    lab.claim("weight_decay = λ is ½ λ‖w‖², five updates", apart("decay", "half"), at_most=EXACT)
    lab.claim("λ‖w‖² is weight_decay = 2λ", apart("twice", "whole"), at_most=EXACT)
    # After one update the two are exactly as far apart as decay is from none; later ones meet other activations.
    half = apart("decay", "none", 1) / 2
    lab.claim("control: λ‖w‖² is not weight_decay = λ", apart("decay", "whole", 1), at_least=half)
    lab.claim("λ‖w‖ pulls every network with the same strength λ, off by", pull_of_norm(net, strength), at_most=EXACT)
    lab.claim("biases and batch norm that the penalty touches", touched(net, l2(strength)), equals=0)
    lab.claim("what is left of a weight by decay alone = SGD's own, relative", decay_off(), at_most=0.01)


def decay_off(steps: int = 200, pull: float = 1e-4, momentum: float = 0.9) -> float:
    """``decayed`` against the optimiser on a weight that only the decay pulls.

    The closed form takes the long run from the first update on: it is ahead by the 1 / (1 - μ) updates in which the
    velocity builds up, η λ μ / (1 - μ)² of a weight, which is 0.009 here.
    """
    weight = torch.ones(1, dtype=torch.float64, requires_grad=True)
    sgd = torch.optim.SGD([weight], lr=1.0, momentum=momentum, weight_decay=pull)
    for _ in range(steps):
        weight.grad = torch.zeros_like(weight)
        sgd.step()
    return abs(float(weight.detach()) / decayed(steps, pull, momentum) - 1)
