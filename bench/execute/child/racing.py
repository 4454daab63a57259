"""The task of a race: one round, in which every method runs to the target as often as there is time for."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from statistics import median
from typing import TYPE_CHECKING

from bench.analysis import races
from bench.errors import PluginError
from bench.execute.child.context import TaskContext, attempted, by_name
from bench.measure import clock, disturbance, layout, nvml, sampling
from bench.measure.disturbance import Waiting
from bench.measure.races import Course, Start, follow
from bench.measure.sampling import Effort
from bench.measure.world import seeded
from bench.model import Curve, Observation, Sample, Target, Trial, VariantResult, value_at

if TYPE_CHECKING:
    import torch

WARM = 3
"""Steps that every method makes before the clock: what is done for the first time in a process is no part of a run."""
DECADE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What every method of a race runs on."""

    target: Target
    limit: int
    seed: int
    device: torch.device

    @classmethod
    def of(cls, context: TaskContext) -> Track:
        part, profile = context.part, context.order.profile
        limit = value_at(profile, part.limit)
        return cls(
            target=Target.parse(str(value_at(profile, part.target))),
            limit=limit if isinstance(limit, int) else 1,
            seed=context.case.seed,
            device=context.device,
        )

    def run(self, start: Start, limit: int = 0) -> Course:
        """Every run has the global random streams from their beginning."""
        with seeded(self.seed, self.device):
            return follow(start, target=self.target, limit=limit or self.limit, device=self.device)


@dataclass(slots=True, kw_only=True)
class Runner:
    """One method in one process: its first course, and what came of every run."""

    name: str
    start: Start
    track: Track
    first: Course | None = None
    trials: list[Trial] = field(default_factory=list)
    elapsed: list[float] = field(default_factory=list)
    """Seconds of each run with all that belongs to it, such as its start."""
    waited: float = 0.0

    def run(self, waiting: Waiting) -> VariantResult:
        waited, began = waiting.seconds(), clock.now()
        course = self.track.run(self.start)
        self.elapsed.append(clock.now() - began)
        self.waited += waiting.seconds() - waited
        self.first = self.first or course
        self.trials.append(course.trial(self.track.target))
        return VariantResult()

    @property
    def arrives(self) -> bool:
        return all(trial.is_reached for trial in self.trials)

    def result(self, round: int) -> VariantResult:
        """Times to the target are kept of a method that always gets there."""
        sample = (self.sample(round),) if self.trials and self.arrives else ()
        return VariantResult(samples=sample, trials=races.merged(self.trials))

    def sample(self, round: int) -> Sample:
        laps = tuple(trial.seconds for trial in self.trials)
        total = sum(self.elapsed)
        return Sample(
            round=round, calls=1, seconds=median(laps), laps=laps, waited=self.waited / total if total else 0.0
        )


def race(context: TaskContext) -> Observation:
    """One round of a case."""
    track, effort = Track.of(context), sampling.EFFORTS[context.order.profile]
    heap = layout.shuffled(context.rng)
    starts = methods(context)
    runners = {name: Runner(name=name, start=starts[name], track=track) for name in context.wanted(starts)}
    results = {name: context.attempt(name, partial(warm_up, runner)) for name, runner in runners.items()}
    ready = [runner for name, runner in runners.items() if results[name].outcome == "ok"]
    results |= run_laps(context, ready, effort)
    results |= {r.name: r.result(context.task.round) for r in ready if results[r.name].outcome == "ok"}
    # From one seed the runs of other rounds go the same way, but for their clocks.
    if context.task.round == 0:
        drawn = courses(context, {runner.name: runner.first for runner in ready if runner.first}, track.target)
        results = {name: replace(result, curves=drawn.get(name, ())) for name, result in results.items()}
    # Until here: what is freed earlier would give its places to what the runs allocate.
    del heap
    return replace(context.observed(results), disturbance=context.disturbance)


def methods(context: TaskContext) -> dict[str, Start]:
    """How each method starts, from a fresh set-up. Raises ``PluginError`` for a set-up that gives no such thing."""
    import torch

    lab = context.lab(torch.float32, context.case.seed)
    with seeded(context.case.seed, context.device):
        given = context.part.run(lab, **context.values)
    context.findings = lab.findings
    wrong = not isinstance(given, Mapping) or not given or not all(map(callable, given.values()))
    if wrong or not all(isinstance(name, str) for name in given):
        raise PluginError(f"the set-up of race {context.part.id!r} must give {{method: start}}, each start a function")
    given = by_name(given, context.part)
    reference = None if context.part.reference is None else context.reference
    if reference is not None and reference not in given:
        raise PluginError(f"the reference {reference!r} is not among the methods {', '.join(given)}")
    return given


def warm_up(runner: Runner) -> VariantResult:
    runner.track.run(runner.start, min(WARM, runner.track.limit))
    return VariantResult()


def run_laps(context: TaskContext, ready: Sequence[Runner], effort: Effort) -> dict[str, VariantResult]:
    """One lap of all; more as there is time, of those that arrive: one that does not has used up its steps. What went
    wrong is given by name."""
    failed: dict[str, VariantResult] = {}
    rng = context.rng
    before = disturbance.look()
    with Waiting() as waiting, sampling.quiet():
        failed |= lap(context, ready, waiting, rng)
        for _ in range(1, laps([runner for runner in ready if runner.name not in failed], effort)):
            going = [runner for runner in ready if runner.name not in failed and runner.arrives]
            failed |= lap(context, going, waiting, rng)
    context.disturbance = disturbance.between(before, disturbance.look(), nvml.look(context.device))
    return failed


def lap(
    context: TaskContext, runners: Sequence[Runner], waiting: Waiting, rng: random.Random
) -> dict[str, VariantResult]:
    """In random order. Gives those that went wrong."""
    failed: dict[str, VariantResult] = {}
    for runner in rng.sample(runners, len(runners)):
        context.channel.mark(runner.name)
        result = attempted(partial(runner.run, waiting))
        if result.outcome != "ok":
            failed[runner.name] = result
    return failed


def laps(runners: Sequence[Runner], effort: Effort) -> int:
    """How many laps of those that arrive there is time for, by the first."""
    seconds = [runner.elapsed[0] for runner in runners if runner.arrives]
    return max(1, min(effort.laps, int(effort.seconds * len(seconds) / max(sum(seconds), 1e-9))))


def courses(context: TaskContext, first: Mapping[str, Course], target: Target) -> dict[str, tuple[Curve, ...]]:
    """What each method has reached, against seconds and against steps; thinned."""
    import torch

    log = spans_decade(value for course in first.values() for value in course.values)
    drawn: dict[str, tuple[Curve, ...]] = {}
    for name, course in first.items():
        # Only the last one may be infinite: it ended the run.
        values = course.values[:-1] if course.end == "diverged" else course.values
        lab = context.lab(torch.float32, context.case.seed)
        for unit, x in (("seconds", accumulate(course.seconds)), ("steps", range(1, len(values) + 1))):
            if values:
                lab.curve(
                    f"{target.quantity} against {unit}",
                    list(x)[: len(values)],
                    values,
                    series=name,
                    x_label=unit,
                    y_label=target.quantity,
                    scale="log-y" if log else "linear",
                    kind="course",
                )
        drawn[name] = lab.findings.curves
    return drawn


def spans_decade(values: Iterable[float]) -> bool:
    finite = [value for value in values if abs(value) < float("inf")]
    return bool(finite) and min(finite) > 0 and max(finite) > DECADE * min(finite)
