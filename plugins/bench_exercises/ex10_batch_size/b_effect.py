"""10b: what the schedule did to a training, held against what theory has of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil, exp, log

import torch
from torch.nn import functional as F

from bench import Lab
from bench.kit.training import History, Recipe, score

from .b_rates import CONSTANT, PER_BATCH, PER_EPOCH
from .figures import distortion
from .network import initial
from .reference import Plan

LATE = 4
"""So many epochs at the end show how calm the training has become."""


def study(lab: Lab, plan: Plan, histories: Mapping[str, History], gamma: float) -> None:
    if plan.optimizer == "sgd" and plan.epochs > 1:
        same_way(lab, plan, histories, gamma)
    # After a few hundred updates Adam is still on its way, and its cost moves by what it learns.
    if plan.optimizer == "adam" and lab.profile == "full" and plan.epochs > LATE:
        calmer(lab, histories)
    if PER_BATCH in histories and plan.optimizer == "sgd":
        ten_updates(lab, plan, histories[PER_BATCH], gamma)


def same_way(lab: Lab, plan: Plan, histories: Mapping[str, History], gamma: float) -> None:
    """Along the gradient flow only Σ η counts: the falling rate should be where the constant one was after that."""
    worth = sum(gamma**e for e in range(plan.epochs))
    passed = at(histories[CONSTANT], worth)
    lab.metric("sgd: train cost at the constant rate after as large a sum of rates", passed)
    ended = histories[PER_EPOCH].last.train_loss
    ratio = ended / passed
    for bound in ({"at_least": 0.7}, {"at_most": 1.3}):
        side = "not far below 1" if "at_least" in bound else "not far above 1"
        lab.claim(
            f"sgd: final train cost, falling over constant after as large a sum of rates: {side}",
            ratio,
            as_declared=True,
            **bound,
        )
    # A cost that has hardly fallen is near any other: what was learnt is not.
    start = histories[CONSTANT].epochs[0].train_loss
    learnt = (start - ended) / (start - passed)
    name = "sgd: learnt, falling over constant after as large a sum of rates: distance from 1"
    lab.claim(name, abs(learnt - 1), at_most=0.25, as_declared=True)


def at(history: History, epoch: float) -> float:
    """The train cost at a time between two epochs: between their logarithms, in a straight line."""
    before = int(epoch)
    left, right = (log(history.epochs[e].train_loss) for e in (before, min(before + 1, len(history.epochs) - 1)))
    return exp(left + (epoch - before) * (right - left))


def calmer(lab: Lab, histories: Mapping[str, History]) -> None:
    """A step is as long as its rate: at a quarter of it the train cost jumps about a quarter as far."""
    ratio = late_jump(histories[PER_EPOCH]) / late_jump(histories[CONSTANT])
    lab.claim(
        "adam: jump of the train cost in the last epochs, falling over constant", ratio, at_most=0.5, as_declared=True
    )


def late_jump(history: History) -> float:
    """How far the train cost still jumps from epoch to epoch, towards the end."""
    return distortion(torch.tensor([epoch.train_loss for epoch in history.epochs[-LATE:]]))


def ten_updates(lab: Lab, plan: Plan, trapped: History, gamma: float) -> None:
    """Stepped per batch, all T updates are together worth (1 - γᵀ)/(1 - γ) of the first: about as many are made."""
    worth = (1 - gamma ** len(trapped.losses)) / (1 - gamma)
    epochs = ceil(worth * plan.batch / len(plan.train))
    few = plan.first(max(1, round(worth / epochs)) * plan.batch)
    net = plan.placed(initial(lab.seed, plan.dropout))
    made = len(few.fit(net, "as many updates as the trap is worth", F.nll_loss, epochs=epochs).losses)
    recipe = Recipe(epochs=1, batch=plan.batch, seed=lab.seed, loss=F.nll_loss, numerics=plan.numerics)
    reached, _ = score(net, plan.train, recipe)
    start = trapped.epochs[0].train_loss
    share = (start - trapped.last.train_loss) / worth / ((start - reached) / made)
    lab.metric("trap: so many updates at the first rate is it worth", worth)
    claim = partial(lab.claim, as_declared=True)
    claim("trap: learnt for its sum of rates, over updates at the first rate: not far below 1", share, at_least=0.5)
    claim("trap: learnt for its sum of rates, over updates at the first rate: not far above 1", share, at_most=2)
