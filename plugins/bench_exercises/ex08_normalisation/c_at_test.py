"""8c: batch norm at test time takes constants in place of the batch's moments: a pass over the training set, or moving
averages."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.byhand import (
    Running,
    batch_norm,
    batch_norm_eval,
    batch_norm_eval_backward,
    gradient_errors,
    running_statistics,
)
from bench.kit.compare import largest, max_error

from .c_folding import Norm, folded, torchs
from .problem import like, normal

BATCHES, SIZE, FEATURES = 200, 64, 3
MOMENTUM = 0.1


def study(lab: Lab) -> None:
    stream, zero = lab.generator(), like(lab)
    x, norm = 2 * normal((32, 5), stream, zero) + 1, Norm.draw(5, stream, zero)
    moving_averages(lab, x)
    constant(lab, x, norm, stream)
    folded(lab, norm, stream, zero)
    whole_training_set(lab, stream, zero)


def moving_averages(lab: Lab, x: Tensor) -> None:
    """One step from the fresh state (0, 1), with momentum 0.1 as the weight of what is new."""
    zero, one = torch.zeros_like(x[0]), torch.ones_like(x[0])
    found = running_statistics(Running(zero, one), batch_norm(x, one, zero)[1])
    layer = nn.BatchNorm1d(x.shape[1]).to(x)
    layer(x)
    s2 = (x - x.mean(0)).square().sum(0) / (len(x) - 1)
    lab.claim(
        "running variance after a step = 0.9 + 0.1 s², s² unbiased",
        max_error(found.variance, 0.9 + 0.1 * s2),
        at_most=1e-12,
    )
    lab.claim("running mean after a step = 0.1 μ", max_error(found.mean, 0.1 * x.mean(0)), at_most=1e-12)
    theirs = [layer.get_buffer(f"running_{name}") for name in ("mean", "var")]
    lab.claim("moving averages by hand = torch", max_error(list(found), theirs), at_most=1e-12)
    biased = 0.9 + 0.1 * x.var(0, correction=0)
    lab.claim("control: with the biased variance they differ by", max_error(biased, theirs[1]), at_least=1e-3)
    out, _ = batch_norm(x, one, zero, eps=0.0)
    off = max_error(out.var(0, correction=0), one)
    lab.claim("the batch itself is normalised with the biased variance: off by", off, at_most=1e-12)


def constant(lab: Lab, x: Tensor, norm: Norm, stream: torch.Generator) -> None:
    """At test an output hangs on its own example alone, and gradients see constants."""

    def tested(x: Tensor) -> Tensor:
        return batch_norm_eval(x, norm.weight, norm.bias, norm.running)[0]

    lab.claim("test mode by hand = torch", max_error(tested(x), torchs(x, norm)), at_most=1e-12)
    others = torch.cat([x[:1], normal((len(x) - 1, x.shape[1]), stream, x)])
    train = [batch_norm(batch, norm.weight, norm.bias)[0][0] for batch in (x, others)]
    moved = max_error(tested(x)[0], tested(others)[0])
    lab.claim("test mode: other examples changed, this one's output moves by", moved, equals=0)
    lab.claim("test mode: a batch of one gives the same", max_error(tested(x[:1])[0], tested(x)[0]), equals=0)
    lab.claim("control: in training mode the output moves by", max_error(*train), at_least=0.01)
    errors = gradient_errors(
        lambda x, weight, bias: batch_norm_eval(x, weight, bias, norm.running),
        batch_norm_eval_backward,
        (x, norm.weight, norm.bias),
        reference=lambda x, weight, bias: torchs(x, Norm(weight, bias, norm.running)),
    )
    lab.claim("test mode: gradients by hand = autograd", largest(errors.autograd), at_most=1e-12)
    lab.claim("test mode: gradients by hand = central differences", largest(errors.differences), at_most=1e-6)


def whole_training_set(lab: Lab, stream: torch.Generator, like: Tensor) -> None:
    """The paper's way, a pass over the training set, and moving averages that come near it."""
    x = 2 * normal((BATCHES, SIZE, FEATURES), stream, like) + 1
    truth = x.flatten(0, 1).var(0)
    found = followed(x)
    errors = [float(((running.variance - truth) / truth).abs().max()) for running in found]
    # after t batches 0.9^t of the start at 1 is left
    forgetting = [0.9**step * float((1 - 1 / truth).max()) for step in range(1, BATCHES + 1)]
    # the law is drawn until the wobble of what is new hides it
    for series, values in (("measured", errors), ("0.9ᵗ of the start is left", forgetting[:40])):
        lab.curve(
            "Moving variance against that of the whole training set",
            range(1, len(values) + 1),
            values,
            series=series,
            x_label="step",
            y_label="relative difference, worst of 3 features",
            scale="log-y",
        )
    lab.metric("moving variance after 200 batches: relative difference", errors[-1])
    lab.metric("moving variance after the first batch: relative difference", errors[0])
    lab.claim("moving variance after 200 batches: difference in standard errors", errors[-1] / wobble(), at_most=4)
    started = (found[0].variance - (1 - MOMENTUM)) / (MOMENTUM * truth) - 1
    sampled = started.abs().max() / standard_error(SIZE)
    lab.claim("moving variance after the first batch: new part, difference in standard errors", sampled, at_most=4)
    whole = x.var(1).mean(0)  # algorithm 2: the mean of the batches' unbiased variances
    off = ((whole - truth) / truth).abs().max() / standard_error(BATCHES * SIZE)
    lab.claim("mean of the batches' unbiased variances: difference in standard errors", off, at_most=1)


def followed(x: Tensor) -> list[Running]:
    """The moving averages after each batch of x (batches, N, F)."""
    one, zero = torch.ones_like(x[0, 0]), torch.zeros_like(x[0, 0])
    running, found = Running(zero, one), []
    for batch in x:
        running = running_statistics(running, batch_norm(batch, one, zero)[1], momentum=MOMENTUM)
        found.append(running)
    return found


def standard_error(count: int) -> float:
    """Relative, of the variance of so many normal numbers: √(2/(n - 1))."""
    return float((2 / (count - 1)) ** 0.5)


def wobble() -> float:
    """That of the moving variance: the weights α(1 - α)^k have squares that add up to α/(2 - α)."""
    return standard_error(SIZE) * float((MOMENTUM / (2 - MOMENTUM)) ** 0.5)
