"""9c: with batch norm against without, network by network: the same split, the same seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from bench import Lab

from .by_hand import Trained

BEYOND = 3
"""Standard errors. Of ten pairs' mean, with nine degrees of freedom, luck alone goes further in 1.5 % of all cases, and
of ten such comparisons in some 14 % at least once; beyond two it would in more than half."""


class Difference(NamedTuple):
    """Of an error in percent, with batch norm minus without: its mean over the pairs, its standard error, and the
    deviation of the error itself from split to split, without batch norm."""

    mean: float
    error: float
    scatter: float


def study(lab: Lab, plain: Sequence[Trained], normed: Sequence[Trained]) -> None:
    """Every split is of 52 tumours, one of which is 2 %: only differences within a split can be told from its luck."""
    rows: list[dict[str, Any]] = []
    for before, after in zip(plain, normed, strict=True):
        found, name, depth = difference(before, after), before.stack.model.activation, before.stack.depth
        rows.append(
            {
                "model": name,
                "hidden layers": depth,
                "without (%)": 100 * before.trace.test_error[-1].mean(),
                "with (%)": 100 * after.trace.test_error[-1].mean(),
                "difference (points)": found.mean,
                "its standard error": found.error,
                "deviation over splits, without": found.scatter,
                "beyond three standard errors": verdict(found),
            }
        )
        lab.metric(f"{name}, {depth} hidden layers: batch norm changes the test error by", found.mean, "points")
        lab.metric(f"{name}, {depth} hidden layers: standard error of that change", found.error, "points")
    lab.table("Test error with batch norm against without, in pairs of one split and one seed", rows)
    if lab.profile != "smoke" and lab.as_declared:
        claims(lab, plain, normed)


def verdict(found: Difference) -> str:
    if abs(found.mean) <= BEYOND * found.error:
        return "no"
    return "better" if found.mean < 0 else "worse"


def difference(plain: Trained, normed: Trained) -> Difference:
    without, with_it = (100 * cell.trace.test_error[-1] for cell in (plain, normed))
    change = with_it - without
    return Difference(
        mean=float(change.mean()),
        error=float(change.std()) / math.sqrt(len(change)),
        scatter=float(without.std()),
    )


def claims(lab: Lab, plain: Sequence[Trained], normed: Sequence[Trained]) -> None:
    for before, after in zip(plain, normed, strict=True):
        if before.stack.model.activation == "sigmoid" and before.stack.depth > 3:
            found = difference(before, after)
            name = f"sigmoid, {before.stack.depth} layers: batch norm lowers the test error, in standard errors"
            lab.claim(name, -found.mean / found.error, at_least=4, as_declared=True)
