"""ex13.a.speed: tau steps one by one, or at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor

from bench import Lab

from . import by_hand, reference
from .problem import Regression, draw, spread

Variants = dict[str, Callable[[], Tensor]]


def variants(lab: Lab, features: int, steps: int) -> Variants:
    """Every variant starts from the data X (n, d), y (n,) and ends with w_tau."""
    problem, _ = draw(lab, 4 * features, spread(1e-2, 1.0, features))
    ways: dict[str, Callable[[Regression, float, int], Tensor]] = {
        "step by step": by_hand.descend,
        "torch.optim.SGD": reference.descend_with_autograd,
        "eigenbasis": by_hand.closed_form,
        "matrix power": by_hand.by_squaring,
    }
    return {name: partial(way, problem, 0.5, steps) for name, way in ways.items()}
