"""Break it: the classic mistakes of an exercise, each shown to fail a claim that the right computation passes.

A claim proves something only if what is wrong fails it. So a study that has claimed "the gradient by hand is that of
autograd" computes the same error again with the sum forgotten to be a mean, and with the slope of the other branch, and
``break_it`` holds each against the very bound of that claim.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from bench.lab import Lab
from bench.model import Claim

TABLE = "Break it"
"""The table's name in every exercise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A slip such as "sum for mean", the claim that it ``fails``, and the ``value`` that this claim would have had; not
    finite where the mistake made it so."""

    name: str
    fails: str
    value: float


def break_it(lab: Lab, *mistakes: Mistake) -> None:
    """Record the table "Break it", and claim that each mistake fails the claim that it names.

    The study has made those claims before, with their bounds; ``ValueError`` for a name that it has not. A claim that
    was not made because of changed parameters has nothing to fail.
    """
    made = {claim.name: claim for claim in lab.findings.claims}
    held = [mistake for mistake in mistakes if mistake.fails not in lab.findings.unmade]
    for mistake in held:
        if mistake.fails not in made:
            raise ValueError(f"mistake {mistake.name!r}: the study has made no claim {mistake.fails!r}")
    lab.table(TABLE, [_row(mistake, made[mistake.fails]) for mistake in held])
    unseen = [mistake for mistake in held if _passes(mistake, made[mistake.fails])]
    lab.claim("break it: mistakes that pass the claim they should fail", len(unseen), equals=0)


def _passes(mistake: Mistake, claim: Claim) -> bool:
    return math.isfinite(mistake.value) and replace(claim, value=mistake.value).passed


def _row(mistake: Mistake, claim: Claim) -> dict[str, str | float]:
    sign = {"at_most": "≤", "at_least": "≥", "equals": "="}[claim.relation]
    return {
        "mistake": mistake.name,
        "fails the claim": claim.name,
        "allowed": f"{sign} {claim.bound:,.0f}" if claim.bound.is_integer() else f"{sign} {claim.bound:.3g}",
        "done right": claim.value,
        "with the mistake": mistake.value if math.isfinite(mistake.value) else "not finite",
    }
