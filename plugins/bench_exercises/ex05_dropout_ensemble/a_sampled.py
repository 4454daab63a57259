"""An ensemble of k masks drawn at random: how fast it nears the ensemble of all."""

from __future__ import annotations

from typing import NamedTuple

import torch

from bench import Lab
from bench.kit.byhand import log_softmax
from bench.kit.compare import largest

from .by_hand import arithmetic as arithmetic_mean
from .by_hand import average, every_member, geometric, outputs
from .checks import slope
from .problem import Head, draw_masks

STANDARD_ERRORS = 4.0
"""So far from what is expected lies one draw in 16,000."""


class Estimate(NamedTuple):
    """A root mean square error over repetitions, examples and classes, and its relative standard error."""

    value: float
    uncertain: float


class Errors(NamedTuple):
    """Of k sampled members."""

    logits: Estimate
    """Of the mean logits, which the square-root law describes exactly, as it does the arithmetic mean."""
    geometric: Estimate
    arithmetic: Estimate


TITLES = {"geometric": "geometric mean", "arithmetic": "arithmetic mean", "logits": "mean logits"}


def sampled_errors(head: Head, keep: float, *, members: int, repetitions: int, stream: torch.Generator) -> Errors:
    every = every_member(head, keep)
    masks = draw_masks((repetitions * members, head.units), keep, stream, head.hidden)
    log_probability = outputs(head, masks).unflatten(0, (repetitions, members))
    geometric_means = log_softmax(log_probability.mean(1))[0].exp()
    mean_masks = masks.unflatten(0, (repetitions, members)).mean(1)
    logits = ((mean_masks - keep)[:, None, :] * head.hidden) @ head.weight
    return Errors(
        root_mean_square(logits),
        root_mean_square(geometric_means - geometric(every).exp()),
        root_mean_square(log_probability.exp().mean(1) - arithmetic_mean(every).exp()),
    )


def predicted_logit_error(head: Head, keep: float, members: int) -> float:
    """√(q (1 - q) / k · mean_{i,c} Σ_j h_ij² W_jc²): the masks are independent, so their variances add."""
    variance = keep * (1 - keep) * (head.hidden.square() @ head.weight.square())
    return float((variance.mean() / members).sqrt())


def predicted_arithmetic_error(head: Head, keep: float, members: int) -> float:
    """√(mean_{i,c} Var_m[y_c(m)] / k): the variance of all members, enumerated."""
    log_probability, chance = every_member(head, keep)
    y = log_probability.exp()
    variance = average(y.square(), chance) - average(y, chance).square()
    return float((variance.mean() / members).sqrt())


def root_mean_square(values: torch.Tensor) -> Estimate:
    """Of ``values`` (repetitions, …). A root has half the relative error of what it is taken of."""
    each = values.square().flatten(1).mean(1)
    return Estimate(float(each.mean().sqrt()), float(each.std() / each.mean() / (2 * len(each) ** 0.5)))


def study(lab: Lab, units: int, keep: float) -> None:
    head, stream = Head.draw(lab, units=units), lab.generator()
    sizes = [1, 3, 10, 30, 100, 300, 1000]
    repetitions = lab.pick(smoke=500, quick=500, full=2000)
    found = [
        sampled_errors(head, keep, members=k, repetitions=repetitions, stream=stream) for k in lab.track(sizes, "sizes")
    ]
    lines = {name: [getattr(errors, name) for errors in found] for name in Errors._fields}
    for name, title in TITLES.items():
        draw_errors(lab, sizes, [estimate.value for estimate in lines[name]], title)
    between = [2, 5, 20, 50, 200, 500]  # or its points would cover those measured
    law = [predicted_logit_error(head, keep, k) for k in between]
    draw_errors(lab, between, law, "mean logits, predicted")
    laws = {"logits": predicted_logit_error, "arithmetic": predicted_arithmetic_error}
    for name, law_of in laws.items():
        off = [abs(error.value / law_of(head, keep, k) - 1) for k, error in zip(sizes, lines[name], strict=True)]
        allowed = STANDARD_ERRORS * largest(error.uncertain for error in lines[name])
        lab.claim(f"{name}: measured / predicted error, furthest from 1", largest(off), at_most=allowed)
    for name in TITLES:
        exponents(lab, name, sizes[2:], lines[name][2:])


def exponents(lab: Lab, name: str, sizes: list[int], errors: list[Estimate]) -> None:
    """The slope of the error over k, against -1/2."""
    title, exponent = TITLES[name], slope(sizes, [error.value for error in errors])
    # A slope over two decades in k: no point of it can be off by more than its standard errors, nor so the slope. The
    # geometric mean is not linear in the logits' error: a share of the order of 1 / k, and 1 / 10 where it begins.
    allowed = STANDARD_ERRORS * largest(error.uncertain for error in errors)
    allowed += 0.5 / sizes[0] if name == "geometric" else 0.0
    lab.metric(f"exponent of the {title}", exponent)
    lab.claim(f"{title}: error ~ k^-1/2, exponent off by", abs(exponent + 0.5), at_most=allowed)


def draw_errors(lab: Lab, sizes: list[int], errors: list[float], series: str) -> None:
    lab.curve(
        "Error of an ensemble of k masks",
        sizes,
        errors,
        series=series,
        x_label="masks k",
        y_label="root mean square error",
        scale="log-log",
    )
