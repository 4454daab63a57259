"""5a: the geometric mean of all sub-networks is one network with scaled weights."""

from __future__ import annotations

import math
from itertools import product

import torch
from torch import Tensor

from bench import Lab, break_it
from bench.kit.compare import largest, max_error, smallest

from . import a_mistakes, a_nonlinear, by_hand
from .problem import EXACT, Head, every_mask


def study(lab: Lab, keep: tuple[float, ...]) -> None:
    rows = [row(Head.draw(lab, units=units), q) for units in (6, 12) for q in keep]
    lab.table("Every mask enumerated: largest difference in probability", rows)
    for units in (6, 12):
        mine = [row for row in rows if row["units"] == units]
        worst = largest(row["geometric mean - weight scaling"] for row in mine)
        lab.claim(f"2^{units} masks: geometric mean = weight scaling", worst, at_most=EXACT)
        lab.claim(f"2^{units} masks: as many sub-networks", mine[0]["sub-networks"], equals=2**units)
    lab.claim(
        "the chances of all masks: sum less 1", largest(abs(row["sum of P(m) - 1"]) for row in rows), at_most=EXACT
    )
    drawn_one_by_one(lab, keep[-1])
    least = smallest(row["arithmetic mean - weight scaling"] for row in rows)
    lab.metric("the arithmetic mean is another function: least difference", least)
    deep = a_nonlinear.late_head(a_nonlinear.Deep.draw(lab, units=8).scaled(4), a_nonlinear.ACTIVATIONS["ReLU"])
    late = by_hand.gap(by_hand.weight_scaled(deep, 0.5), by_hand.geometric(by_hand.every_member(deep, 0.5)))
    lab.claim("masks on the last hidden layer of a ReLU network: exact too", late, at_most=EXACT)
    four_masks(lab)
    units_that_are_off(lab)
    break_it(lab, *a_mistakes.mistakes(Head.draw(lab, units=6), 0.8))


def row(head: Head, keep: float) -> dict[str, float]:
    members = by_hand.every_member(head, keep)
    scaled = by_hand.weight_scaled(head, keep)
    return {
        "units": head.units,
        "sub-networks": distinct(members),
        "keep q": keep,
        "geometric mean - weight scaling": by_hand.gap(scaled, by_hand.geometric(members)),
        "arithmetic mean - weight scaling": by_hand.gap(scaled, by_hand.arithmetic(members)),
        "sum of P(m) - 1": float(members.chance.sum() - 1),
    }


def distinct(members: by_hand.Members) -> int:
    """How many of the members answer differently from all others: networks are counted by what they say."""
    return len(torch.unique(members.log_probability.flatten(1), dim=0))


def units_that_are_off(lab: Lab, units: int = 6, off: int = 2) -> None:
    """A unit that is 0 for every example makes no difference: masks with and without it answer alike."""
    head = Head.draw(lab, units=units)
    hidden = head.hidden.clone()
    hidden[:, :off] = 0
    answers = distinct(by_hand.every_member(Head(hidden, head.weight, head.bias), 0.5))
    lab.claim("2^6 masks, two units at 0: different answers", answers, equals=2 ** (units - off))


def drawn_one_by_one(lab: Lab, keep: float, units: int = 6) -> None:
    """The masks and their chances, against Python's product and one factor for each unit."""
    like = torch.zeros((), dtype=lab.dtype, device=lab.device)
    head = Head.draw(lab, units=units)
    found = dict(
        zip(map(tuple, every_mask(units, like).tolist()), by_hand.every_member(head, keep).chance, strict=True)
    )
    gaps = [max_error(found[mask], chance(mask, keep)) for mask in product((0.0, 1.0), repeat=units)]
    lab.claim("each mask's chance = the product over its units", largest(gaps), at_most=EXACT)


def chance(mask: tuple[float, ...], keep: float) -> float:
    product_of_all = 1.0
    for kept in mask:
        product_of_all *= keep if kept else 1 - keep
    return product_of_all


def four_masks(lab: Lab) -> None:
    """The whole ensemble of two units, to be followed on paper: h = (1, 1), W = [[2, 0], [1, 0]], b = 0, q = 1/2."""
    values = ([[1.0, 1.0]], [[2.0, 0.0], [1.0, 0.0]], [0.0, 0.0])
    head = Head(*(torch.tensor(v, dtype=torch.float64).to(lab.device, lab.dtype) for v in values))
    members = by_hand.every_member(head, 0.5)
    rows = [
        {"mask": f"({m[0]:.0f}, {m[1]:.0f})", "z₁ - z₂": 2 * float(m[0]) + float(m[1]), "y₁": first(y)}
        for m, y in zip(every_mask(2, head.hidden), members.log_probability, strict=True)
    ]
    lab.table("Two units: all four members", rows)
    geometric, arithmetic = first(by_hand.geometric(members)), first(by_hand.arithmetic(members))
    lab.metric("two units: geometric mean", geometric)
    lab.metric("two units: arithmetic mean", arithmetic)
    mean = sum(sigmoid(z) for z in (0, 1, 2, 3)) / 4
    gaps = (max_error(geometric, sigmoid(1.5)), max_error(arithmetic, mean))
    lab.claim("two units: both means = those on paper", largest(gaps), at_most=EXACT)


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def first(log_probability: Tensor) -> float:
    return float(log_probability[0, 0].exp())
