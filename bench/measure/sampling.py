"""Taking samples: warm-up, calibrated blocks, variants interleaved in random order, every block's answer checked."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.measure import agreement, clock
from bench.model import Profile, Sample

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Call = Callable[[], Any]
REPEATS = 1e-3
"""How far a call may be from its own first answer: a GPU's sums are not bitwise repeatable."""
SURE = 10
"""A call this many times as long as a block is long: it fills a block whatever it had to do for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to measure. ``rounds`` fresh processes, in each at most ``blocks`` blocks a variant, of at least
    ``block_seconds`` each, within about ``seconds``; ``weighings`` fresh processes for memory."""

    rounds: int
    blocks: int
    block_seconds: float
    seconds: float
    weighings: int


EFFORTS: Mapping[Profile, Effort] = {
    "smoke": Effort(rounds=3, blocks=2, block_seconds=0.001, seconds=0.03, weighings=1),
    "quick": Effort(rounds=5, blocks=2, block_seconds=0.005, seconds=0.1, weighings=1),
    "full": Effort(rounds=10, blocks=15, block_seconds=0.05, seconds=2.0, weighings=5),
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
    """One variant in one round: its call for each of the rotating inputs, and what each first gave."""

    name: str
    calls: Sequence[Call]
    first: list[dict[str, Tensor]]
    block: int
    blocks: int
    lasting: float
    """Seconds that a block should last. One that takes less than half, for its first call alone was slow, is measured
    again."""

    @classmethod
    def prepare(
        cls, name: str, calls: Sequence[Call], device: torch.device, effort: Effort, begun: Sequence[FirstCall] = ()
    ) -> Sampler:
        """Call once on every input that has not ``begun``, and find out how many calls are a block, and how many blocks
        there is time for."""
        begun = [*begun, *(FirstCall.make(call, device) for call in calls[len(begun) :])]
        block, seconds = 1, begun[-1].seconds
        if not begun[-1].is_long(effort):
            # On the first input alone: all have the same shapes, and what is set up once is set up by now.
            block, seconds = calibrate(calls[0], device, effort.block_seconds)
        # Two at least, however long they last: so every rotating input has its turn.
        blocks = max(2, min(effort.blocks, int(effort.seconds / seconds)))
        first = [call.answer for call in begun]
        return cls(name=name, calls=calls, first=first, block=block, blocks=blocks, lasting=effort.block_seconds)

    def sample(self, turn: int, round: int, device: torch.device) -> Sample:
        """Time one block on the next input; outside the clock, check what it gave."""
        which = turn % len(self.calls)
        seconds, gpu_seconds, result = clock.time_block(self.calls[which], self.block, device)
        if seconds < self.lasting / 2:
            agreement.poison(result)  # as if it counted: what a call stored here is caught as it is handed out again
            self.block, _ = calibrate(self.calls[which], device, self.lasting)
            seconds, gpu_seconds, result = clock.time_block(self.calls[which], self.block, device)
        check(agreement.tensors_of(result), self.first[which])
        agreement.poison(result)
        return Sample(round, self.block, seconds, gpu_seconds)


def check(outputs: Mapping[str, Tensor], first: Mapping[str, Tensor]) -> None:
    """Raise ``Disagreement`` unless a timed call has given its first answer again: itself, for whatever was handed out
    before holds NaN by now."""
    if agreement.identical(outputs, first):
        return
    # An honest answer is finite, for agreement has refused all others: a NaN is the one that we wrote.
    if any(bool(tensor.isnan().any()) for tensor in outputs.values()):
        raise agreement.Disagreement("does not compute its answer anew at every call: it hands out what it gave before")
    error, where, now, before = agreement.distance(outputs, first)
    if error > REPEATS:
        raise agreement.Disagreement(f"two calls differ: {where} was {before:.6g}, then {now:.6g}")


def interleave(samplers: Sequence[Sampler], rng: random.Random) -> Iterator[tuple[Sampler, int]]:
    """Turns in random order within each lap: ``(variant, turn)``."""
    for turn in range(max((sampler.blocks for sampler in samplers), default=0)):
        lap = [sampler for sampler in samplers if turn < sampler.blocks]
        # In a fixed order a variant would always find the caches as the same neighbour left them.
        rng.shuffle(lap)
        for sampler in lap:
            yield sampler, turn


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
