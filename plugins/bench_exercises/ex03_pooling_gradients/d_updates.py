"""3d, many updates: by hand and the model solution side by side, and how close out1 and out2 of each model come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import largest, max_error

from .by_hand import backward, forward, parameters, step
from .checks import steepest
from .problem import POOLS, Filter
from .reference import jacobian, model
from .solution import train

SHOWN = (0, 1, 10, 100)
"""After so many updates the outputs are shown, and after the last."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """Of one model; ``distances`` by the solution, before each update and after the last."""

    pool: str
    distances: list[float] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)
    """out1 and out2 (2, P), by hand."""
    apart: list[float] = field(default_factory=list)
    """The furthest weight, by hand and by the solution, before each update and after the last."""
    losses_apart: list[float] = field(default_factory=list)

    def arrival(self, within: float) -> int:
        """The first update before which the outputs are no further apart than that, or how many updates there are."""
        return next((n for n, d in enumerate(self.distances) if not d > within), len(self.distances) - 1)

    def moves(self) -> list[float]:
        """How far each update moves out2 - out1."""
        e = torch.stack([out[1] - out[0] for out in self.outputs])
        return (e[1:] - e[:-1]).norm(dim=1).tolist()


def follow(lab: Lab, x: Tensor, f: Filter, *, lr: float, updates: int) -> None:
    """Both models from one filter, for the L2 norm."""
    walks = [walk(lab, x, f, pool=pool, lr=lr, updates=updates) for pool in POOLS]
    one_update = lr * steepest(x)
    for each in walks:
        # Once the outputs are within one update of each other, the next one overshoots, and rounding may decide.
        approach = each.arrival(one_update) + 1
        lab.metric(f"{each.pool}: updates until out1 and out2 are within one update of each other", approach - 1)
        same = f"{each.pool}: as far as that, weights by hand = the model solution's"
        lab.claim(same, largest(each.apart[:approach]), at_most=1e-12)
        same = f"{each.pool}: as far as that, losses by hand = the model solution's"
        lab.claim(same, largest(each.losses_apart[:approach]), at_most=1e-12)
        lab.metric(f"{each.pool}: ‖out2 - out1‖ at the start", each.distances[0])
        lab.metric(f"{each.pool}: ‖out2 - out1‖ after the last update", each.distances[-1])
        draw(lab, each)
    claim_apart(lab, *walks)
    claim_ends(lab, walks, jacobian(x, f, "average"), lr=lr, one_update=one_update)
    lab.metric("updates", updates)
    lab.table("3d: out1 and out2 as the updates go on", [row for each in walks for row in rows(each)])


def walk(lab: Lab, x: Tensor, f: Filter, *, pool: str, lr: float, updates: int) -> Walk:
    net, seen = model(f, pool), Walk(pool=pool)
    for _ in lab.track(range(updates), f"{pool} pooling"):
        at = forward(x, f, pool)
        note(seen, at.out, parameters(f), net)
        before, after = train(net, x[:1], x[1:], updates=1, lr=lr)
        seen.distances.append(before)
        seen.losses_apart.append(max_error(at.loss, before))
        f = step(f, backward(at, x), lr)
    note(seen, forward(x, f, pool).out, parameters(f), net)
    seen.distances.append(after)
    seen.losses_apart.append(max_error(forward(x, f, pool).loss, after))
    return seen


def note(seen: Walk, out: Tensor, ours: Tensor, net: nn.Module) -> None:
    seen.outputs.append(out)
    seen.apart.append(max_error(nn.utils.parameters_to_vector(net.parameters()), ours))


def claim_apart(lab: Lab, average: Walk, most: Walk) -> None:
    """Over 24 seeds the average model's jumps left a rounding one, 1e-13 at most; in three of them a switch that the
    max model took otherwise made an update of it."""
    name = "weights by hand and the model solution's, furthest apart ever"
    lab.claim(f"average: {name}", largest(average.apart), at_most=1e-12)
    lab.metric(f"max: {name}", largest(most.apart))


def claim_ends(lab: Lab, walks: Sequence[Walk], j: Tensor, *, lr: float, one_update: float) -> None:
    """Where |e| > lr λ_max, an update shortens e by at least lr λ_min / 2; inside, e stays inside. λ: those of J Jᵀ."""
    average, most = walks
    curvature = torch.linalg.svdvals(j).square()
    start, updates = average.distances[0], len(average.distances) - 1
    reached = largest(lr * curvature.max(), start - updates * lr * float(curvature.min()) / 2)
    lab.claim("average: ‖out2 - out1‖ after the last update, by the law", average.distances[-1], at_most=reached)
    # The bound is reached, where u lies along the steepest direction: rounding alone would fail it.
    furthest = largest(most.moves())
    lab.claim("max: the furthest that one update moves out2 - out1", furthest, at_most=one_update * (1 + 1e-9))


def rows(seen: Walk) -> Iterator[dict[str, Any]]:
    last = len(seen.distances) - 1
    for n in (*(n for n in SHOWN if n < last), last):
        out1, out2 = seen.outputs[n]
        yield {
            "model": f"{POOLS.index(seen.pool) + 1}: {seen.pool}",
            "updates": n,
            "out1, first": out1[0],
            "out1, second": out1[1],
            "out2, first": out2[0],
            "out2, second": out2[1],
            "‖out2 - out1‖": seen.distances[n],
        }


def draw(lab: Lab, seen: Walk) -> None:
    lab.curve(
        "3d: ‖out2 - out1‖ in PyTorch",
        range(len(seen.distances)),
        seen.distances,
        series=f"{seen.pool} pooling",
        x_label="update",
        y_label="‖out2 - out1‖",
        scale="log-y",
        kind="course",
    )
    # Without the updates after which both are equal to the last bit: a logarithmic axis has no place for them.
    different = {n: error for n, error in enumerate(seen.apart) if error > 0}
    if different:
        lab.curve(
            "3d: weights by hand and in PyTorch, apart",
            different.keys(),
            different.values(),
            series=f"{seen.pool} pooling",
            x_label="update",
            y_label="largest difference",
            scale="log-y",
            kind="course",
        )
