"""An ensemble of k masks drawn at random: how fast it nears the ensemble of all."""

from __future__ import annotations

from typing import NamedTuple

import torch

from bench import Lab
from bench.kit.byhand import log_softmax
from bench.kit.compare import largest

from .by_hand import arithmetic as arithmetic_mean
from .by_hand import every_member, geometric, outputs
from .checks import slope
from .problem import Head, draw_masks


class Errors(NamedTuple):
    """Root mean square errors of k sampled members, over repetitions, examples and classes."""

    logits: float
    """Of the mean logits, which the square-root law describes exactly."""
    geometric: float
    arithmetic: float


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


def root_mean_square(values: torch.Tensor) -> float:
    return float(values.square().mean().sqrt())


def study(lab: Lab, units: int, keep: float) -> None:
    head, stream = Head.draw(lab, units=units), lab.generator()
    sizes = [1, 3, 10, 30, 100, 300, 1000]
    repetitions = lab.pick(smoke=500, quick=500, full=2000)
    found = [
        sampled_errors(head, keep, members=k, repetitions=repetitions, stream=stream) for k in lab.track(sizes, "sizes")
    ]
    predicted = [predicted_logit_error(head, keep, k) for k in sizes]
    lines = {name: [getattr(errors, name) for errors in found] for name in Errors._fields}
    titles = {"geometric": "geometric mean", "arithmetic": "arithmetic mean", "logits": "mean logits"}
    for name, title in titles.items():
        draw_errors(lab, sizes, lines[name], title)
    between = [2, 5, 20, 50, 200, 500]  # or its points would cover those measured
    law = [predicted_logit_error(head, keep, k) for k in between]
    draw_errors(lab, between, law, "mean logits, predicted")
    ratios = [measured / expected for measured, expected in zip(lines["logits"], predicted, strict=True)]
    lab.claim("logits: measured / predicted error, furthest from 1", largest(abs(r - 1) for r in ratios), at_most=0.1)
    for name, title in titles.items():
        exponent = slope(sizes[2:], lines[name][2:])
        lab.metric(f"exponent of the {title}", exponent)
        lab.claim(f"{title}: error ~ k^-1/2, exponent off by", abs(exponent + 0.5), at_most=0.1)


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
