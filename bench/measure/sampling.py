"""Taking samples: short blocks, all variants in every lap in random order, each block's answer checked."""

from __future__ import annotations

import gc
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Protocol

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
MANY = 4
"""A block of so many calls or more begins with one before the clock."""
SPREAD = 8
"""The number of calls in a block varies by one in so many."""
FEWEST = 3
"""Laps of a process, however long they take: so every rotating input has its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to measure.

    ``rounds`` fresh processes at least; more, and ``most_rounds`` at most, until every ratio of the case is known to
    ``narrow`` (the half-width of its logarithm's interval), or its processes have taken ``case_seconds``. In each
    process up to ``laps`` laps over all variants, in blocks of at least ``block_seconds``, as many as ``seconds`` a
    variant allow. ``weighings`` processes for memory.
    """

    rounds: int
    most_rounds: int
    case_seconds: float
    laps: int
    block_seconds: float
    seconds: float
    narrow: float
    weighings: int


EFFORTS: Mapping[Profile, Effort] = {
    "smoke": Effort(
        rounds=3,
        most_rounds=3,
        case_seconds=0.0,
        laps=4,
        block_seconds=5e-4,
        seconds=0.01,
        narrow=math.inf,
        weighings=1,
    ),
    "quick": Effort(
        rounds=5, most_rounds=8, case_seconds=3.0, laps=160, block_seconds=5e-4, seconds=0.12, narrow=0.015, weighings=1
    ),
    "full": Effort(
        rounds=10,
        most_rounds=20,
        case_seconds=math.inf,
        laps=200,
        block_seconds=2e-3,
        seconds=1.0,
        narrow=0.005,
        weighings=5,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block: its wall seconds, its seconds between two events on a GPU, and how long its thread had no core."""

    seconds: float
    gpu_seconds: float | None = None
    waited: float = 0.0


class Subject(Protocol):
    """What is timed: a call here, or one in another process. It is called on one of several inputs."""

    def block(self, which: int, calls: int) -> Block: ...

    def answer(self) -> dict[str, Tensor]:
        """What the last call gave, as it stands."""
        ...

    def spoil(self) -> None:
        """Overwrite what the last call gave: a call that hands out what it has kept then hands out that."""
        ...


@dataclass(slots=True, eq=False)
class Local:
    """A variant in this process: one call for each of its inputs."""

    calls: Sequence[Call]
    device: torch.device
    waiting: Waiting = field(default_factory=Waiting)
    result: Any = None

    def block(self, which: int, calls: int) -> Block:
        if calls >= MANY:
            # What was done since the last block has left its caches cold: that is no part of a call.
            self.calls[which]()
        before = self.waiting.seconds()
        seconds, gpu_seconds, self.result = clock.time_block(self.calls[which], calls, self.device)
        return Block(seconds=seconds, gpu_seconds=gpu_seconds, waited=self.waiting.seconds() - before)

    def answer(self) -> dict[str, Tensor]:
        return agreement.tensors_of(self.result)

    def spoil(self) -> None:
        agreement.poison(self.result)


def calibrate(subject: Subject, block_seconds: float) -> tuple[int, float]:
    """Find how many calls of a warm one, on its first input, fill a block: ``(calls, seconds that block took)``."""
    calls = 1
    while True:
        seconds = subject.block(0, calls).seconds
        subject.spoil()
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
    def make(cls, subject: Subject, which: int = 0) -> FirstCall:
        """The answer is kept as a copy; what was handed out holds NaN from here on."""
        seconds = subject.block(which, 1).seconds
        answer = {name: tensor.clone() for name, tensor in subject.answer().items()}
        subject.spoil()
        return cls(seconds, answer)

    def is_long(self, effort: Effort) -> bool:
        """Whether a call takes so long that its own data push those of the call before out of every cache."""
        return self.seconds >= SURE * effort.block_seconds


@dataclass(slots=True, kw_only=True)
class Sampler:
    """One variant in one process: what each of the rotating inputs must give, and what was taken."""

    name: str
    subject: Subject
    expected: Sequence[Expectation]
    first: list[dict[str, Tensor]]
    calls: int
    block_seconds: float
    """Seconds that a block of ``calls`` calls took when it was calibrated."""
    lasting: float
    """Seconds that a block should last. One that takes less than half, for its first call alone was slow, is measured
    again."""
    walls: list[float] = field(default_factory=list)
    gpus: list[float] = field(default_factory=list)
    waited: float = 0.0
    retaken: int = 0
    asking: float = 0.0
    """Seconds that it takes to have another process begin a block, and to hear that it is done."""

    @classmethod
    def prepare(
        cls,
        name: str,
        subject: Subject,
        *,
        expected: Sequence[Expectation],
        effort: Effort,
        lasting: float = 0.0,
        begun: Sequence[FirstCall] = (),
    ) -> Sampler:
        """Call once on every input that has not ``begun``, hold what it gave against the truth, and find out how many
        calls are a block of ``lasting`` seconds, or of as many as the profile wants."""
        begun = [*begun, *(FirstCall.make(subject, which) for which in range(len(begun), len(expected)))]
        for call, expectation in zip(begun, expected, strict=True):
            expectation.require(call.answer)
        lasting = max(lasting, effort.block_seconds)
        calls, seconds = 1, begun[-1].seconds
        if seconds < SURE * lasting:
            # On the first input alone: all have the same shapes, and what is set up once is set up by now.
            calls, seconds = calibrate(subject, lasting)
        return cls(
            name=name,
            subject=subject,
            expected=expected,
            first=[call.answer for call in begun],
            calls=calls,
            block_seconds=seconds,
            lasting=lasting,
        )

    def take(self, lap: int, rng: random.Random) -> None:
        """Time one block on the next input; outside the clock, check what it gave. A block in which the thread had to
        wait for a core is taken again, as long as fewer were than half of those that count."""
        while True:
            which = lap % len(self.expected)
            # Not the same number every time: a call that counts must not know which one will be looked at.
            calls = self.calls + rng.randrange(self.calls // SPREAD + 1)
            block = self.subject.block(which, calls)
            self._check(self.subject.answer(), which)
            self.subject.spoil()
            # Only before the first that counts: what is kept is brought to one number of calls.
            if block.seconds < self.lasting / 2 and not self.walls:
                self.calls, self.block_seconds = calibrate(self.subject, self.lasting)
            elif block.waited > MOST * block.seconds and 2 * self.retaken <= len(self.walls):
                self.retaken += 1
            else:
                break
        self._keep(block, self.calls / calls)

    def _keep(self, block: Block, share: float) -> None:
        """Brought to the same number of calls for all blocks."""
        self.walls.append(block.seconds * share)
        self.waited += block.waited * share
        if block.gpu_seconds is not None:
            self.gpus.append(block.gpu_seconds * share)

    def _check(self, answer: Mapping[str, Tensor], which: int) -> None:
        """An answer must be the first one again, bit by bit, or as near to the truth as any answer must be."""
        if not agreement.identical(answer, self.first[which]):
            if any(agreement.is_poisoned(tensor) for tensor in answer.values()):
                raise agreement.Disagreement(agreement.KEPT)
            self.expected[which].require(answer)

    def sample(self, round: int) -> Sample:
        """All blocks of this process."""
        total = sum(self.walls)
        return Sample(
            round=round,
            calls=self.calls,
            seconds=median(self.walls),
            gpu_seconds=median(self.gpus) if self.gpus else None,
            laps=tuple(self.gpus or self.walls),
            waited=self.waited / total if total else 0.0,
            retaken=self.retaken,
            asking=self.asking / median(self.walls) if self.asking else 0.0,
        )


def laps(samplers: Sequence[Sampler], effort: Effort) -> int:
    """How many laps over these variants there is time for."""
    # A coarse clock may have seen no time at all, hence the 1e-9 below.
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
