"""8a, advantage 4, the mechanism: what one example gets depends on who is in its batch."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab

from .by_hand import over_batch
from .checks import exponent
from .problem import like, normal

SIZES = (8, 16, 32, 64, 128, 256)


def study(lab: Lab) -> None:
    """The law for m others, to first order in 1/m: μ varies by 1/m and σ by 1/(2m), so x̂ by (1 + x²/2)/m."""
    stream = lab.generator()
    example, repetitions = normal((1, 64), stream, like(lab)), lab.pick(smoke=400, quick=1000, full=4000)
    noise = [spread(example, size, repetitions, stream) for size in SIZES]
    law = [float(((1 + example.square() / 2) / size).mean().sqrt()) for size in SIZES]
    for series, values in (("measured", noise), ("√((1 + x²/2)/m)", law)):
        lab.curve(
            "How much one example's activations vary with its batch",
            SIZES,
            values,
            series=series,
            x_label="batch size m",
            y_label="standard deviation",
            scale="log-log",
        )
    lab.metric("noise of batch norm in a batch of 8", noise[0])
    lab.metric("exponent of the noise", exponent(SIZES, noise))
    lab.claim("noise of batch norm ~ batch^-1/2, exponent off by", abs(exponent(SIZES, noise) + 0.5), at_most=0.1)
    lab.claim(
        "noise in a batch of 256 over the law √((1 + x²/2)/m), off 1 by", abs(noise[-1] / law[-1] - 1), at_most=0.03
    )


def spread(example: Tensor, batch: int, repetitions: int, stream: torch.Generator) -> float:
    """Standard deviation of x̂ of one example (1, F), over batches of random others; root mean square over F."""
    others = normal((repetitions, batch - 1, example.shape[1]), stream, example)
    whole = torch.cat([example.expand(repetitions, 1, -1), others], 1).transpose(0, 1)
    return float(over_one_axis(whole)[0].var(0).mean().sqrt())


def over_one_axis(x: Tensor) -> Tensor:
    """Batch norm of many batches at once, (batch, repetitions, F)."""
    return over_batch(x.flatten(1)).view_as(x)
