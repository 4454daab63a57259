"""The four tasks of a child process: run a study; hold variants against the reference; time them; weigh one."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bench import plugins
from bench.errors import Missing, PluginError
from bench.execute.messages import Order, Progress
from bench.execute.outcomes import outcome_of
from bench.lab import CHECKPOINTS, Lab
from bench.measure import agreement, clock, memory, sampling, weighing
from bench.measure.disturbance import Waiting
from bench.model import Agreement, Case, Findings, Observation, Part, Task, VariantResult, Work

if TYPE_CHECKING:
    import torch

Call = Callable[[], Any]
INPUTS = 2
"""Timed calls rotate over this many inputs, unless a call is long: then nothing that the last one left is of use."""
NEXT = 7919
"""How far apart the seeds of rotating inputs lie: far from the seeds that users give."""


class Teller(Protocol):
    """Whoever is told how far a task has come."""

    def send(self, message: Progress) -> None: ...


def perform(order: Order, channel: Teller) -> Observation:
    """Load the exercise and do the order's task. Nothing that the exercise raises gets past here."""
    task = order.task
    if task is None:
        raise PluginError("an order for a task without the task")
    doing = {"study": study, "agree": agree, "time": time, "weigh": weigh}
    start = clock.now()
    try:
        part = find_part(plugins.load(order.module).parts, task.case)
        observation = doing[task.kind](TaskContext(order=order, task=task, part=part, channel=channel))
    except Exception as error:
        outcome, reason, detail = outcome_of(error)
        missing = isinstance(error, Missing)
        observation = Observation(task=task, outcome=outcome, reason=reason, detail=detail, missing=missing)
    return replace(observation, seconds=clock.now() - start)


def find_part(parts: Mapping[str, Part], case: Case) -> Part:
    if case.part not in parts:
        raise PluginError(f"{case.exercise} has no part {case.part!r}; it has {', '.join(parts)}")
    return parts[case.part]


@dataclass(slots=True, kw_only=True)
class TaskContext:
    """Where one task is done: makes labs, and the calls of every variant."""

    order: Order
    task: Task
    part: Part
    channel: Teller
    findings: Findings = field(default_factory=Findings)

    @property
    def case(self) -> Case:
        return self.task.case

    @property
    def device(self) -> torch.device:
        import torch

        return torch.device(self.case.device)

    @property
    def reference(self) -> str:
        if self.part.reference is None:
            raise PluginError(f"part {self.part.id} is a {self.part.kind}: it has no reference to compare with")
        return self.part.reference

    def lab(self, dtype: torch.dtype, seed: int) -> Lab:
        folder = Path(self.order.folder)
        lab = Lab(
            device=self.device, dtype=dtype, seed=seed, profile=self.order.profile, folder=folder, data=self.order.data
        )
        lab.tracker = lambda label, done, total: self.channel.send(Progress(label, done, total))
        return lab

    def calls(self, dtype: torch.dtype, seed: int) -> dict[str, Call]:
        """One call a variant, from a fresh set-up. An outside variant that cannot be set up raises when called."""
        lab = self.lab(dtype, seed)
        with seeded(seed, self.device):
            calls = dict(self.part.run(lab, **self.case.parameters))
            for name, setup in self.outside().items():
                if name in calls:
                    raise PluginError(f"a variant from outside is called {name!r}, as one of our own: rename it")
                calls[name] = set_up(setup, lab, self.case.parameters)
        if self.reference not in calls:
            raise PluginError(f"the reference {self.reference!r} is not among the variants {', '.join(calls)}")
        self.findings = lab.findings
        return calls

    def outside(self) -> dict[str, Callable[..., Call]]:
        """The set-ups of variants from other distributions and from the user's own files."""
        added: dict[str, Callable[..., Call]] = {}
        manager = plugins.outside(self.order.files)
        for variants in manager.hook.bench_variants(exercise=self.case.exercise, part=self.case.part):
            added |= variants
        return added

    def working_on(self, variant: str) -> None:
        """Say whose fault it is if this process dies now."""
        self.channel.send(Progress(variant, variant=variant))

    def work(self) -> Work | None:
        return self.part.work(**self.case.parameters) if self.part.work else None

    def observed(self, variants: dict[str, VariantResult]) -> Observation:
        return Observation(task=self.task, outcome="ok", findings=self.findings, variants=variants, work=self.work())


def set_up(setup: Callable[..., Call], lab: Lab, parameters: Mapping[str, Any]) -> Call:
    try:
        return setup(lab, **parameters)
    except Exception as error:
        broken = error  # `error` is unbound after this clause

        def fail() -> None:
            raise broken

        return fail


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Every global stream starts from the seed, and is put back afterwards."""
    import numpy as np
    import torch

    python, numpys = random.getstate(), np.random.get_state()  # noqa: NPY002 - an exercise may use the global stream
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpys)  # noqa: NPY002


def study(context: TaskContext) -> Observation:
    import torch

    lab = context.lab(torch.float64, context.case.seed)
    with seeded(context.case.seed, context.device):
        context.part.run(lab, **context.case.parameters)
    # Only a study that was cut short goes on from them; another attempt at this one begins anew.
    shutil.rmtree(lab.folder / CHECKPOINTS, ignore_errors=True)
    return Observation(task=context.task, outcome="ok", findings=lab.findings)


def agree(context: TaskContext) -> Observation:
    """Hold every variant in float32 against the reference in float64."""
    import torch

    truth = agreement.named(context.calls(torch.float64, context.case.seed)[context.reference]())
    calls = context.calls(torch.float32, context.case.seed)
    reference = agreement.named(calls[context.reference]())

    def hold(call: Call) -> VariantResult:
        return judged(agreement.agree(agreement.named(call()), reference, truth, context.part.tolerance))

    return context.observed(
        {name: attempt(context, name, partial(hold, call)) for name, call in wanted(context, calls).items()}
    )


def judged(verdict: Agreement) -> VariantResult:
    if verdict.passed:
        return VariantResult(agreement=verdict)
    return VariantResult(outcome="disagrees", reason=agreement.in_words(verdict), agreement=verdict)


def wanted(context: TaskContext, calls: Mapping[str, Call]) -> dict[str, Call]:
    return {name: call for name, call in calls.items() if name not in context.task.without}


def attempt(context: TaskContext, name: str, action: Callable[[], VariantResult]) -> VariantResult:
    """What one variant gave, or how it failed: the others go on."""
    context.working_on(name)
    try:
        return action()
    except Exception as error:
        outcome, reason, detail = outcome_of(error)
        return VariantResult(outcome=outcome, reason=reason, detail=detail)


def time(context: TaskContext) -> Observation:
    """One round: every variant in this process, laps over all of them, inputs rotating."""
    effort = sampling.EFFORTS[context.order.profile]
    inputs = rotating(context, effort)
    ready: list[sampling.Sampler] = []

    def prepare(name: str) -> VariantResult:
        sampler = sampling.Sampler.prepare(
            name,
            [each.calls[name] for each in inputs],
            expected=[each.expected for each in inputs],
            device=context.device,
            effort=effort,
            begun=[each.begun for each in inputs] if name == context.reference else (),
        )
        ready.append(sampler)
        return VariantResult()

    prepared = {name: attempt(context, name, partial(prepare, name)) for name in wanted(context, inputs[0].calls)}
    return context.observed(prepared | sample(context, ready, effort))


@dataclass(frozen=True, slots=True)
class Input:
    """One of the rotating inputs: a call a variant, what each must give, and the reference's first call."""

    calls: dict[str, Call]
    expected: agreement.Expectation
    begun: sampling.FirstCall


def rotating(context: TaskContext, effort: sampling.Effort) -> list[Input]:
    """Several inputs, or one where the reference's call is long. The truth of each is computed here, in the process
    that times: what agreed in another process says nothing of this one."""
    first = posed(context, context.case.seed)
    if first.begun.is_long(effort):
        return [first]
    return [first, *(posed(context, context.case.seed + NEXT * number) for number in range(1, INPUTS))]


def posed(context: TaskContext, seed: int) -> Input:
    import torch

    context.working_on(context.reference)
    truth = agreement.named(context.calls(torch.float64, seed)[context.reference]())
    calls = context.calls(torch.float32, seed)
    begun = sampling.FirstCall.make(calls[context.reference], context.device)
    return Input(calls, agreement.Expectation(begun.answer, truth, context.part.tolerance), begun)


def sample(context: TaskContext, ready: list[sampling.Sampler], effort: sampling.Effort) -> dict[str, VariantResult]:
    failed: dict[str, VariantResult] = {}
    # Not the same order in every round: what comes after what would be a bias that no round averages out.
    rng = random.Random(f"{context.case.seed} {context.task.round}")

    def take(sampler: sampling.Sampler, lap: int) -> VariantResult:
        sampler.take(lap, context.device, waiting)
        return VariantResult()

    with sampling.quiet(), Waiting() as waiting:
        for sampler, lap in sampling.interleave(ready, sampling.laps(ready, effort), rng):
            if sampler.name not in failed:
                result = attempt(context, sampler.name, partial(take, sampler, lap))
                if result.outcome != "ok":
                    failed[sampler.name] = result
    taken = {s.name: VariantResult(samples=(s.sample(context.task.round),)) for s in ready if s.walls}
    return taken | failed


def weigh(context: TaskContext) -> Observation:
    """The peak of one variant's first call on a fresh set-up, after another set-up has warmed the libraries."""
    import torch

    memory.return_memory_at_once()
    variant = context.case.variant or context.reference
    context.working_on(variant)
    context.calls(torch.float32, context.case.seed + NEXT)[variant]()
    weighed = weighing.weigh(lambda: context.calls(torch.float32, context.case.seed)[variant], context.device)
    return context.observed({variant: VariantResult(memory=weighed)})
