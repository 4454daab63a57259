"""3a: model 1, average pooling, by hand and numerically, and what its minimum is worth."""

from __future__ import annotations

from collections.abc import Sequence

from bench import Lab

from . import a_collapse, figures
from .by_hand import backward, forward
from .checks import claim_decrease, claim_forward, claim_gradients, starts
from .problem import data


def study(lab: Lab, norms: Sequence[str], *, lr: float, sigma: float) -> None:
    """What both data sets share drops out of this model: it sees their difference alone."""
    x, (filters, number) = data(lab), starts(lab, sigma, count=4)
    at = forward(x, filters[0], "average")
    back = backward(at, x)
    lab.table("3a: every number, average pooling, L2 norm", figures.quantities(at, back))
    lab.table(
        "3a: gradients and one update, average pooling",
        figures.updates(x, filters[0], "average", norms, lr=lr),
    )
    lab.figure("3a routes average", figures.routes(at, back, "average"), figures.ROUTES)
    lab.metric("average: the draw that is worked out", number)
    claim_forward(lab, x, filters, "average")
    claim_gradients(lab, x, filters, pool="average", norms=norms)
    claim_decrease(lab, x, filters, "average")
    figures.course(lab, x, filters[0], pool="average", norms=norms)
    a_collapse.claim_difference(lab, x, filters)
    a_collapse.claim_squared(lab, x, filters[0])
    a_collapse.claim_collapse(lab, x)
    a_collapse.claim_default_stride(lab, x, filters[0])
