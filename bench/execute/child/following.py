"""Does a variant from outside compute its answer from its inputs, and when it is called?

Three tests, and the first that tells counts. Its inputs are changed in place after its set-up: an answer to the new
ones was computed now. If it still answers to the old ones, what it holds of that answer is overwritten: what is lost by
that was kept, and not computed. And if nothing is to be seen of either, what its set-up and its first call take bounds
what can have been computed there: where that is less than a call takes, not much was hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from bench.execute.child.context import NEXT, Call, TaskContext
from bench.execute.guests.process import GuestProcess
from bench.execute.outcomes import Told
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
    the reference holds can be changed. ``given`` are the tensors that it holds for its own; ``set_up`` and ``call`` are
    the seconds that it takes for these. ``fresh`` poses the problem for a seed that nobody has seen yet: the first, the
    second, ..., each with what must come out. ``original`` is what must come out of the case's own."""

    original: Expectation
    changes: list[Change]
    expected: Expectation | None
    given: list[Tensor]
    set_up: float
    call: float
    fresh: Callable[[int], tuple[int, Expectation]]


def change(context: TaskContext, seed: int, original: Expectation) -> Changed:
    """Put other inputs before the reference, in float64 for the truth and in float32 as it is timed."""
    import torch

    start = clock.now()
    own = context.calls(torch.float32, seed)[context.reference]
    set_up, given = clock.now() - start, inputs.held(own)
    call, changes = moved(context, torch.float32, seed)
    try:
        seconds, _, answer = clock.time_block(call, 1, context.device)
        truth = agreement.named(moved(context, torch.float64, seed)[0]())
        expected: Expectation | None = Expectation(agreement.named(answer), truth, context.part.tolerance)
        if expected and agrees(expected, original.reference):
            expected = None  # these inputs make no difference: nothing could be told from them
    except Exception:  # a graph that autograd has recorded before cannot be computed from changed tensors
        seconds, _, _ = clock.time_block(own, 1, context.device)
        expected = None
    return Changed(
        original=original,
        changes=changes,
        expected=expected,
        given=given,
        set_up=set_up,
        call=seconds,
        fresh=cache(partial(posed_anew, context)),
    )


def moved(context: TaskContext, dtype: torch.dtype, seed: int) -> tuple[Call, list[Change]]:
    """The reference's call, with the tensors that it holds changed to those of another seed; and these changes."""
    call, different = (context.calls(dtype, each)[context.reference] for each in (seed, unseen(context, 0)))
    changes = inputs.differences(inputs.held(call), inputs.held(different))
    for place in inputs.places(inputs.held(call), changes):
        place.write(1)
    return call, changes


def posed_anew(context: TaskContext, number: int) -> tuple[int, Expectation]:
    import torch

    seed = unseen(context, 1 + number)
    answer, truth = (
        agreement.named(context.calls(dtype, seed)[context.reference]()) for dtype in (torch.float32, torch.float64)
    )
    return seed, Expectation(answer, truth, context.part.tolerance)


def unseen(context: TaskContext, number: int) -> int:
    """A seed far from those that inputs rotate over, and another one in every round."""
    return context.case.seed + NEXT * (SPARE + context.task.round + number)


def agrees(expected: Expectation, answer: Mapping[str, Tensor]) -> bool:
    try:
        expected.require(answer)
    except Disagreement:
        return False
    return True


def require_computed(guest: GuestProcess, changed: Changed) -> bool:
    """Whether its answer follows its inputs. Raises ``Disagreement`` where the call does not compute it."""
    if follows(guest, changed):
        return True
    _require_nothing_kept(guest, changed)
    _require_little_before(guest, changed)
    return False


def follows(guest: GuestProcess, changed: Changed) -> bool:
    """Whether it gives the answer to other inputs once they stand where its own did."""
    if changed.expected is None or not guest.learn(0, changed.changes):
        return False
    guest.change(1)
    try:
        new, answer = first_on(guest, 0)
        again = shortest(guest, 0)
    except Told:
        if guest.ended:
            raise
        return False  # what it has prepared does not go with them
    finally:
        if not guest.ended:
            guest.change(0)
    if not agrees(changed.expected, answer):
        return False
    require_no_memory(new, again, changed.call)
    return True


def first_on(guest: GuestProcess, slot: int) -> tuple[float, dict[str, Tensor]]:
    """One call: its seconds without those in which somebody waited for a core, and its answer."""
    block = guest.block(slot, 1)
    return max(0.0, block.seconds - block.waited), guest.answer()


def shortest(guest: GuestProcess, slot: int) -> float:
    """Seconds of a call, with all that disturbed it: rather too many than too few, for little is held against it."""
    return min(guest.block(slot, 1).seconds for _ in range(TRIES))


def require_no_memory(new: float, again: float, reference: float) -> None:
    """Raise ``Disagreement`` for a call that is fast on inputs that it has seen, and on no others: seconds on new ones,
    on seen ones, and of the reference's call."""
    if new > NEW * again + SLACK and again < FAST * reference:
        raise Disagreement(
            f"a call takes {milliseconds(new)} on inputs that it has not seen, and {milliseconds(again)} on those that "
            "it has: it remembers its answers"
        )


def _require_nothing_kept(guest: GuestProcess, changed: Changed) -> None:
    answer = FirstCall.make(guest).answer
    if any(map(agreement.is_poisoned, answer.values())):
        raise Disagreement(agreement.KEPT)
    changed.original.require(answer)
    # One that is among the inputs, or a constant, is rightly held.
    own = {name: each for name, each in answer.items() if not any(inputs.is_answer(t, [each]) for t in changed.given)}
    if guest.forget(0, own) and any(map(agreement.is_poisoned, FirstCall.make(guest).answer.values())):
        raise Disagreement(
            "does not compute its answer when it is called, but gives a copy of one that it keeps: that was "
            "overwritten, and what was written there came out"
        )


def _require_little_before(guest: GuestProcess, changed: Changed) -> None:
    """On seeds that it has not met, so that nothing of them is kept; several, for one time says little."""
    again = shortest(guest, 0)
    if again >= FAST * changed.call:
        return
    for number in range(TRIES):
        seed, expected = changed.fresh(number)
        set_up = guest.set_up(SPARE, seed)
        first, answer = first_on(guest, SPARE)
        expected.require(answer)
        if not is_hidden(set_up - changed.set_up, first, again):
            return
    raise Disagreement(
        "its answer does not follow its inputs, which were changed after its set-up; that and a first call take "
        f"{milliseconds(set_up + first)} where a later one takes {milliseconds(again)}: the answer is computed "
        "before it is timed. Let the call compute it, from the tensors that the problem gives"
    )


def is_hidden(more: float, first: float, again: float) -> bool:
    """Whether a later call could have been computed before it: in seconds, what the set-up takes more than the
    reference's, what the first call takes, and what a later one does."""
    return max(0.0, more) + max(0.0, first - again) > again


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms"
