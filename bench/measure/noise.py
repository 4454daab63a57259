"""A machine's own noise: identical small work, timed against itself exactly as variants are, in one process.

What differs between the times of one and the same call is noise. Between the laps one fixed loop of plain Python runs,
whose speed over the seconds is the processor's own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from statistics import median
from typing import TYPE_CHECKING

from bench.measure import agreement, clock, disturbance, sampling
from bench.measure.disturbance import Waiting
from bench.measure.sampling import Call, Effort, Local, Sampler
from bench.model import Disturbance, Sample

if TYPE_CHECKING:
    import torch
    from torch import Tensor

COPIES = 4
"""The same call so often, each time as another variant: three ratios to the first, where one may be narrow by luck."""
TURNS = 20_000
"""Of the fixed loop: a fraction of a millisecond."""
SEEN = 0.1
"""Seconds of the loop that give one speed: the median of their blocks."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How many seconds the fixed loop took at a moment of the machine's clock, which all processes share."""

    moment: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What one process found: the samples of every copy for each kind of work, and the speeds of the loop between
    them. ``waited`` is the share of its time in which it had no core."""

    samples: dict[str, tuple[Sample, ...]]
    speeds: tuple[Speed, ...]
    waited: float
    disturbance: Disturbance


def small_operations(dtype: torch.dtype) -> Call:
    import torch

    x, weight, bias = (drawn(dtype, 1000) for _ in range(3))
    return lambda: torch.tanh(x * weight + bias)


def matrix_product(dtype: torch.dtype) -> Call:
    x, y = drawn(dtype, 256, 256), drawn(dtype, 256, 256)
    return lambda: x @ y


def memory_bound(dtype: torch.dtype) -> Call:
    x, y = drawn(dtype, 2_000_000), drawn(dtype, 2_000_000)
    return lambda: x + y


def convolution(dtype: torch.dtype) -> Call:
    from torch.nn.functional import conv2d

    x, weight = drawn(dtype, 8, 16, 32, 32), drawn(dtype, 32, 16, 3, 3)
    return lambda: conv2d(x, weight, padding=1)


WORKS: Mapping[str, Callable[[torch.dtype], Call]] = {
    "small operations": small_operations,
    "matrix product": matrix_product,
    "memory-bound": memory_bound,
    "convolution": convolution,
}


def drawn(dtype: torch.dtype, *shape: int) -> Tensor:
    """The same numbers in every dtype."""
    import torch

    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape))).to(dtype)


def listen(effort: Effort, seconds: float, works: Mapping[str, Callable[[torch.dtype], Call]] = WORKS) -> Noise:
    """Time every kind of work against itself, and fill what is left of so many seconds with the fixed loop."""
    rng, begun = random.Random(), disturbance.look()
    samples: dict[str, tuple[Sample, ...]] = {}
    speeds: list[Speed] = []
    with sampling.quiet(), Waiting() as waiting:
        before = waiting.seconds()
        for number, (name, make) in enumerate(works.items(), 1):
            samples[name] = against_itself(make, effort, rng, waiting)
            speeds += loop(until=begun.moment + seconds * number / len(works))
        waited = waiting.seconds() - before
    disturbed = disturbance.between(begun, disturbance.look())
    return Noise(samples=samples, speeds=tuple(speeds), waited=waited / disturbed.seconds, disturbance=disturbed)


def against_itself(
    make: Callable[[torch.dtype], Call], effort: Effort, rng: random.Random, waiting: Waiting
) -> tuple[Sample, ...]:
    """The laps of one call that takes part as several variants."""
    import torch

    # One subject for all of them: not even the place of its memory differs, only the moment does.
    subject = Local([make(torch.float32)], torch.device("cpu"), waiting)
    expected = agreement.Expectation(agreement.named(subject.calls[0]()), agreement.named(make(torch.float64)()))
    copies = [Sampler.prepare(str(number), subject, expected=[expected], effort=effort) for number in range(COPIES)]
    for sampler, lap in sampling.interleave(copies, sampling.laps(copies, effort), rng):
        sampler.take(lap, rng)
    return tuple(sampler.sample(0) for sampler in copies)


def loop(*, until: float) -> Iterator[Speed]:
    """The speed of the fixed loop over and over until a moment of the clock; once, where that is past."""
    import torch

    device = torch.device("cpu")
    while True:
        begin, blocks = clock.now(), list[float]()
        while not blocks or clock.now() < begin + SEEN:
            blocks.append(clock.time_block(turn, 1, device)[0])
        yield Speed(begin, median(blocks))
        if clock.now() >= until:
            return


def turn() -> int:
    total = 0
    for _ in repeat(None, TURNS):
        total += 1
    return total
