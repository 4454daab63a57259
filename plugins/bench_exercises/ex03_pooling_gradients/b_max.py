"""3b: model 2, max pooling, by hand and numerically."""

from __future__ import annotations

from collections.abc import Sequence

from bench import Lab

from . import figures
from .by_hand import backward, forward
from .checks import claim_decrease, claim_forward, claim_gradients, starts
from .problem import data


def study(lab: Lab, norms: Sequence[str], *, lr: float, sigma: float) -> None:
    x, (filters, number) = data(lab), starts(lab, sigma, count=4)
    at = forward(x, filters[0], "max")
    back = backward(at, x)
    lab.table("3b: every number, max pooling, L2 norm", figures.quantities(at, back))
    lab.table("3b: gradients and one update, max pooling", figures.updates(x, filters[0], "max", norms, lr=lr))
    lab.figure("3b routes max", figures.routes(at, back, "max"), figures.ROUTES)
    lab.metric("max: the draw that is worked out", number)
    claim_forward(lab, x, filters, "max")
    claim_gradients(lab, x, filters, pool="max", norms=norms)
    claim_decrease(lab, x, filters, "max")
    figures.course(lab, x, filters[0], pool="max", norms=norms)
