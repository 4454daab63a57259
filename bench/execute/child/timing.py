"""The task that times: one round of a case, every variant in laps, inputs rotating, the truth of each at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

from bench.errors import PluginError
from bench.execute.child import following
from bench.execute.child.context import NEXT, Call, TaskContext, attempted
from bench.execute.child.truths import truth_of
from bench.execute.guests.invited import invited, named
from bench.execute.guests.process import GuestProcess
from bench.measure import disturbance, layout, nvml, sampling
from bench.measure.agreement import Expectation
from bench.measure.disturbance import Waiting
from bench.measure.sampling import FirstCall, Local, Sampler
from bench.model import Observation, VariantResult

INPUTS = 2
"""Timed calls rotate over this many inputs, unless a call is long: then nothing that the last one left is of use."""
SHARE = 0.005
"""A guest's blocks are so long that asking for one takes at most this share of it."""
LONGEST = 1.0
"""Seconds that a block lasts for that reason at most: who is slow to answer must not keep the others waiting."""
ELSEWHERE = 0.05
"""The share of a core that a guest's other threads may take while it is timed."""


@dataclass(frozen=True, slots=True)
class Input:
    """One of the rotating inputs: a call a variant, what each must give, and the reference's first call."""

    seed: int
    calls: dict[str, Call]
    expected: Expectation
    begun: FirstCall


def time(context: TaskContext) -> Observation:
    """One round: every variant in laps, those from outside in processes of their own."""
    effort = sampling.EFFORTS[context.order.profile]
    heap = layout.shuffled(context.rng)
    with invited(context.order, context.task, context.order.guests) as processes, Waiting() as waiting:
        inputs = rotating(context, effort, waiting)
        guests = named(processes, inputs[0].calls)
        ready: list[Sampler] = []
        actions: dict[str, Callable[[], Sampler]] = {
            name: partial(prepare, context, name, inputs, waiting) for name in inputs[0].calls
        }
        actions |= {name: partial(prepare_guest, context, name, inputs, guest) for name, guest in guests.items()}
        results = {name: context.attempt(name, partial(put, ready, actions[name])) for name in context.wanted(actions)}
        results |= sample(context, ready, effort)
        changed = cache(partial(following.change, context, inputs[0].seed, inputs[0].expected))
        for sampler in [each for each in ready if each.name in guests and results[each.name].outcome == "ok"]:
            check = partial(check_guest, context, sampler, changed)
            result = context.attempt(sampler.name, check)
            # The check gives a verdict; what was timed are the laps before it.
            results[sampler.name] = replace(result, samples=results[sampler.name].samples)
    # Until here: what is freed earlier would give its places to blocks of the laps.
    del heap
    return replace(context.observed(results), disturbance=context.disturbance)


def put(ready: list[Sampler], prepared: Callable[[], Sampler]) -> VariantResult:
    ready.append(prepared())
    return VariantResult()


def rotating(context: TaskContext, effort: sampling.Effort, waiting: Waiting) -> list[Input]:
    """Several inputs, or one where the reference's call is long: another one in every round then. The truth of each is
    computed here, in the process that times: what agreed in another process says nothing of this one."""
    seeds = [context.case.seed + NEXT * ((number + context.task.round) % INPUTS) for number in range(INPUTS)]
    first = posed(context, seeds[0], waiting)
    return [first] if first.begun.is_long(effort) else [first, *(posed(context, seed, waiting) for seed in seeds[1:])]


def posed(context: TaskContext, seed: int, waiting: Waiting) -> Input:
    import torch

    context.working_on(context.reference)
    truth = truth_of(context, seed)
    calls = context.calls(torch.float32, seed)
    begun = FirstCall.make(Local([calls[context.reference]], context.device, waiting))
    return Input(seed, calls, Expectation(begun.answer, truth, context.part.tolerance), begun)


def prepare(context: TaskContext, name: str, inputs: list[Input], waiting: Waiting) -> Sampler:
    return Sampler.prepare(
        name,
        Local([each.calls[name] for each in inputs], context.device, waiting),
        expected=[each.expected for each in inputs],
        effort=sampling.EFFORTS[context.order.profile],
        begun=[each.begun for each in inputs] if name == context.reference else (),
    )


def prepare_guest(context: TaskContext, name: str, inputs: list[Input], guest: GuestProcess) -> Sampler:
    guest.expects(inputs[0].expected.truth)
    for slot, each in enumerate(inputs):
        guest.set_up(slot, each.seed)
    asking = guest.exchange()
    sampler = Sampler.prepare(
        name,
        guest,
        expected=[each.expected for each in inputs],
        effort=sampling.EFFORTS[context.order.profile],
        lasting=min(LONGEST, asking / SHARE),
    )
    sampler.asking = asking
    guest.mark()
    return sampler


def sample(context: TaskContext, ready: list[Sampler], effort: sampling.Effort) -> dict[str, VariantResult]:
    failed: dict[str, VariantResult] = {}
    rng = context.rng

    def take(sampler: Sampler, lap: int) -> VariantResult:
        sampler.take(lap, rng)
        return VariantResult()

    before = disturbance.look()
    with sampling.quiet():
        for sampler, lap in sampling.interleave(ready, sampling.laps(ready, effort), rng):
            if sampler.name not in failed:
                context.channel.mark(sampler.name)
                result = attempted(partial(take, sampler, lap))
                if result.outcome != "ok":
                    failed[sampler.name] = result
    context.disturbance = disturbance.between(before, disturbance.look(), nvml.look(context.device))
    # One that failed in its first block has none.
    taken = {s.name: VariantResult(samples=(s.sample(context.task.round),)) for s in ready if s.walls}
    return taken | failed


def check_guest(context: TaskContext, sampler: Sampler, changed: Callable[[], following.Changed]) -> VariantResult:
    """After its laps: that it computed alone, and what it gave."""
    guest = sampler.subject
    assert isinstance(guest, GuestProcess)
    if context.device.type == "cpu":  # on a GPU autograd has a thread of its own, and nobody is slowed by it
        require_alone(context.order.threads, guest.elsewhere(), guest.busy)
    following.require_computed(guest, changed())
    return VariantResult(notes=tuple(guest.notes))


def require_alone(threads: int, elsewhere: float, timed: float) -> None:
    """Raise ``PluginError`` where other threads of a guest computed while it was timed: seconds of a core, and of the
    clock."""
    share = elsewhere / timed if timed else 0.0
    if share > threads - 1 + ELSEWHERE:
        raise PluginError(
            f"computes in other threads than the one that is timed: they had {100 * share:.0f} % of a core, and every "
            f"variant has {threads} here (--threads)"
        )
