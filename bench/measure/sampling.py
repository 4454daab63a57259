"""Taking samples: short blocks, all variants in every lap in random order, each block's answer checked."""

from __future__ import annotations

import gc
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.measure import agreement, clock
from bench.measure.agreement import Expectation
from bench.measure.disturbance import MOST, Waiting
from bench.model import Profile, Sample

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Call = Callable[[], Any]
SURE = 10
"""A call this many times as long as a block is long: it fills a block whatever it had to do for the first time."""
FEWEST = 2
"""Laps of a process, however long they take: so every rotating input has its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to measure.

    ``rounds`` fresh processes at least and ``most_rounds`` at most: fewer once every ratio of the case is known within
    ``narrow`` (the half-width of its logarithm's interval). In each process up to ``laps`` laps over all variants, in
    blocks of at least ``block_seconds``, as many as ``seconds`` a variant allow. ``weighings`` processes for memory.
    """

    rounds: int
    most_rounds: int
    laps: int
    block_seconds: float
    seconds: float
    narrow: float
    weighings: int


EFFORTS: Mapping[Profile, Effort] = {
    "smoke": Effort(rounds=3, most_rounds=3, laps=4, block_seconds=0.0005, seconds=0.01, narrow=math.inf, weighings=1),
    "quick": Effort(rounds=5, most_rounds=6, laps=80, block_seconds=0.0005, seconds=0.06, narrow=0.015, weighings=1),
    "full": Effort(rounds=10, most_rounds=20, laps=200, block_seconds=0.002, seconds=1.0, narrow=0.005, weighings=5),
}


def calibrate(call: Call, device: torch.device, block_seconds: float) -> tuple[int, float]:
    """Find how many calls of a warm one fill a block: ``(calls, seconds that block took)``."""
    calls = 1
    while True:
        seconds, _, result = clock.time_block(call, calls, device)
        agreement.poison(result)
        if seconds >= block_seconds:
            return calls, seconds
        # A fifth more than it seems to take, or the next try falls just short; tenfold at most: short times are noise.
        calls = max(calls + 1, min(10 * calls, int(1.2 * calls * block_seconds / max(seconds, 1e-7)) + 1))


@dataclass(frozen=True, slots=True)
class FirstCall:
    """The first call on an input: how many seconds it took, and what it gave."""

    seconds: float
    answer: dict[str, Tensor]

    @classmethod
    def make(cls, call: Call, device: torch.device) -> FirstCall:
        """Call once. The answer is kept as a copy; what was handed out holds NaN from here on."""
        seconds, _, result = clock.time_block(call, 1, device)
        answer = agreement.named(result)
        agreement.poison(result)
        return cls(seconds, answer)

    def is_long(self, effort: Effort) -> bool:
        """Whether a call takes so long that its own data push those of the call before out of every cache."""
        return self.seconds >= SURE * effort.block_seconds


@dataclass(slots=True, kw_only=True)
class Sampler:
    """One variant in one process: its call for each of the rotating inputs, what each must give, and what was taken."""

    name: str
    calls: Sequence[Call]
    expected: Sequence[Expectation]
    first: list[dict[str, Tensor]]
    block: int
    block_seconds: float
    """Seconds that a block of ``block`` calls took when it was calibrated."""
    lasting: float
    """Seconds that a block should last. One that takes less than half, for its first call alone was slow, is measured
    again."""
    walls: list[float] = field(default_factory=list)
    gpus: list[float] = field(default_factory=list)
    waited: float = 0.0
    retaken: int = 0

    @classmethod
    def prepare(
        cls,
        name: str,
        calls: Sequence[Call],
        *,
        expected: Sequence[Expectation],
        device: torch.device,
        effort: Effort,
        begun: Sequence[FirstCall] = (),
    ) -> Sampler:
        """Call once on every input that has not ``begun``, hold what it gave against the truth, and find out how many
        calls are a block."""
        begun = [*begun, *(FirstCall.make(call, device) for call in calls[len(begun) :])]
        for call, expectation in zip(begun, expected, strict=True):
            expectation.require(call.answer)
        block, seconds = 1, begun[-1].seconds
        if not begun[-1].is_long(effort):
            # On the first input alone: all have the same shapes, and what is set up once is set up by now.
            block, seconds = calibrate(calls[0], device, effort.block_seconds)
        return cls(
            name=name,
            calls=calls,
            expected=expected,
            first=[call.answer for call in begun],
            block=block,
            block_seconds=seconds,
            lasting=effort.block_seconds,
        )

    def take(self, lap: int, device: torch.device, waiting: Waiting) -> None:
        """Time one block on the next input; outside the clock, check what it gave. A block in which the thread had to
        wait for a core is taken again, as long as fewer were than half of those that count."""
        while True:
            which = lap % len(self.calls)
            before = waiting.seconds()
            seconds, gpu_seconds, result = clock.time_block(self.calls[which], self.block, device)
            waited = waiting.seconds() - before
            self._check(result, which)
            if seconds < self.lasting / 2 and not self.walls:
                self.block, self.block_seconds = calibrate(self.calls[which], device, self.lasting)
            elif waited > MOST * seconds and 2 * self.retaken <= len(self.walls):
                self.retaken += 1
            else:
                break
        self.walls.append(seconds)
        self.waited += waited
        if gpu_seconds is not None:
            self.gpus.append(gpu_seconds)

    def _check(self, result: Any, which: int) -> None:
        """An answer must be the first one again, bit by bit, or as near to the truth as any answer must be. What was
        handed out is overwritten: a call that hands out what it has stored hands out what we wrote."""
        outputs = agreement.tensors_of(result)
        if not agreement.identical(outputs, self.first[which]):
            if any(agreement.is_poisoned(tensor) for tensor in outputs.values()):
                raise agreement.Disagreement(
                    "does not compute its answer anew at every call: it hands out what it gave before"
                )
            self.expected[which].require(outputs)
        agreement.poison(result)

    def sample(self, round: int) -> Sample:
        """All blocks of this process."""
        total = sum(self.walls)
        return Sample(
            round=round,
            calls=self.block,
            seconds=median(self.walls),
            gpu_seconds=median(self.gpus) if self.gpus else None,
            laps=tuple(self.gpus or self.walls),
            waited=self.waited / total if total else 0.0,
            retaken=self.retaken,
        )


def laps(samplers: Sequence[Sampler], effort: Effort) -> int:
    """How many laps over these variants there is time for."""
    lap = sum(sampler.block_seconds for sampler in samplers)
    return max(FEWEST, min(effort.laps, int(effort.seconds * len(samplers) / max(lap, 1e-9))))


def interleave(samplers: Sequence[Sampler], count: int, rng: random.Random) -> Iterator[tuple[Sampler, int]]:
    """Turns in random order within each of ``count`` laps: ``(variant, lap)``."""
    order = list(samplers)
    for lap in range(count):
        # In a fixed order a variant would always find the caches as the same neighbour left them.
        rng.shuffle(order)
        for sampler in order:
            yield sampler, lap


@contextmanager
def quiet() -> Iterator[None]:
    """No garbage collection inside a block."""
    # Python's collector runs by counts of objects: it would fall into some blocks and spare others.
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
