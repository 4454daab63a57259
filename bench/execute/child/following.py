"""Does a variant from outside compute its answer from its inputs, and when it is called?

Three tests, and the first that tells counts. Its inputs are changed in place after its set-up: an answer to the new
ones was computed now. If it still answers to the old ones, what it holds of that answer is overwritten: what is lost by
that was kept, and not computed. And if nothing is to be seen of either, what its set-up and its first call take bounds
what can have been computed there: where that is less than a call takes, not much was hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.execute.child.context import NEXT, TaskContext
from bench.execute.guests.process import GuestProcess
from bench.measure import agreement, clock, inputs
from bench.measure.agreement import Disagreement, Expectation
from bench.measure.inputs import Change
from bench.measure.sampling import FirstCall

if TYPE_CHECKING:
    import torch
    from torch import Tensor

SPARE = 2
"""The slot of a set-up that is made for the last test alone."""
TRIES = 3
FAST = 0.5
"""A call that takes more than this share of the reference's has gained too little to be asked where it was gained."""
NEW = 10.0
"""A call on new inputs may take this many times as long as one on inputs that it has seen ..."""
SLACK = 2e-4
"""... and so many seconds more, for its caches are cold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Other inputs in the place of a case's own: ``expected`` is what must come out of them, None where nothing that
    the reference holds can be changed. ``seed`` is that of the case's own; ``set_up`` and ``call`` are the seconds that
    the reference takes for these."""

    seed: int
    changes: list[Change]
    expected: Expectation | None
    set_up: float
    call: float


def change(context: TaskContext, seed: int, original: Expectation) -> Changed:
    """Put other inputs before the reference, in float64 for the truth and in float32 as it is timed."""
    import torch

    start = clock.now()
    context.calls(torch.float32, seed)
    set_up = clock.now() - start
    call, changes = moved(context, torch.float32, seed)
    try:
        seconds, _, answer = clock.time_block(call, 1, context.device)
        truth = agreement.named(moved(context, torch.float64, seed)[0]())
        expected: Expectation | None = Expectation(agreement.named(answer), truth, context.part.tolerance)
        if expected and agrees(expected, original.reference):
            expected = None  # these inputs make no difference: nothing could be told from them
    except Exception:  # a graph that autograd has recorded before cannot be computed from changed tensors
        seconds, _, _ = clock.time_block(context.calls(torch.float32, seed)[context.reference], 1, context.device)
        expected = None
    return Changed(seed=seed, changes=changes, expected=expected, set_up=set_up, call=seconds)


def moved(context: TaskContext, dtype: torch.dtype, seed: int) -> tuple[Callable[[], Any], list[Change]]:
    """The reference's call, with the tensors that it holds changed to those of another seed; and these changes."""
    # Far from the seeds that inputs rotate over, and another one in every round.
    other = context.case.seed + NEXT * (SPARE + context.task.round)
    call, different = (context.calls(dtype, each)[context.reference] for each in (seed, other))
    changes = inputs.differences(inputs.held(call), inputs.held(different))
    for place in inputs.places(inputs.held(call), changes):
        place.write(1)
    return call, changes


def agrees(expected: Expectation, answer: Mapping[str, Tensor]) -> bool:
    try:
        expected.require(answer)
    except Disagreement:
        return False
    return True


def require_computed(guest: GuestProcess, original: Expectation, changed: Changed) -> bool:
    """Whether its answer follows its inputs. Raises ``Disagreement`` where the call does not compute it."""
    if changed.expected is not None and guest.learn(0, changed.changes):
        guest.change(1)
        first, again = FirstCall.make(guest), shortest(guest, 0)
        guest.change(0)
        if agrees(changed.expected, first.answer):
            _require_no_memory(first.seconds, again, changed)
            return True
    _require_nothing_kept(guest, original)
    _require_little_before(guest, changed)
    return False


def shortest(guest: GuestProcess, slot: int) -> float:
    return min(guest.block(slot, 1).seconds for _ in range(TRIES))


def _require_no_memory(new: float, again: float, changed: Changed) -> None:
    if new > NEW * again + SLACK and again < FAST * changed.call:
        raise Disagreement(
            f"a call takes {milliseconds(new)} on inputs that it has not seen, and {milliseconds(again)} on those that "
            "it has: it remembers its answers"
        )


def _require_nothing_kept(guest: GuestProcess, original: Expectation) -> None:
    answer = FirstCall.make(guest).answer
    if any(map(agreement.is_poisoned, answer.values())):
        raise Disagreement(agreement.KEPT)
    original.require(answer)
    if guest.forget(0, answer) and any(map(agreement.is_poisoned, FirstCall.make(guest).answer.values())):
        raise Disagreement(
            "does not compute its answer when it is called, but gives a copy of one that it keeps: that was "
            "overwritten, and what was written there came out"
        )


def _require_little_before(guest: GuestProcess, changed: Changed) -> None:
    again = shortest(guest, 0)
    set_up = guest.set_up(SPARE, changed.seed)
    first = guest.block(SPARE, 1).seconds
    hidden = max(0.0, set_up - changed.set_up) + max(0.0, first - again)
    if again < FAST * changed.call and hidden > again:
        raise Disagreement(
            "its answer does not follow its inputs, which were changed after its set-up; that and a first call take "
            f"{milliseconds(set_up + first)} where a later one takes {milliseconds(again)}: the answer is computed "
            "before it is timed. Let the call compute it, from the tensors that the problem gives"
        )


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms"
