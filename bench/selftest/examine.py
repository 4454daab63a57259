"""The selftest from its first task to its report."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from bench.analysis import statistics
from bench.execute.plan import Selection, look_at
from bench.measure import clock
from bench.model import Case, Environment, Observation, Record, Task
from bench.results import environment
from bench.results.store import StoreError
from bench.selftest import again, known, planted
from bench.selftest.judge import NOT_HERE, Check, judge
from bench.selftest.readings import Failure, Measure, Reading, readings
from bench.selftest.surroundings import Surroundings, Watch

if TYPE_CHECKING:
    from bench.catalogue import Listing
    from bench.execute.executors.base import Executor
    from bench.selftest.running import Workshop

Extent = Literal["quick", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """``seconds`` for everything, of which planted work has ``planted_seconds`` at most, and installed exercises what
    is left; ``planted_seeds`` cases of every kind of planted work at most, ``real_cases`` of installed exercises."""

    seconds: float
    planted_seconds: float
    planted_seeds: int
    real_cases: int


EFFORTS: dict[Extent, Effort] = {
    "quick": Effort(seconds=105, planted_seconds=45, planted_seeds=4, real_cases=40),
    "full": Effort(seconds=840, planted_seconds=280, planted_seeds=20, real_cases=110),
}
"""Two minutes and a quarter of an hour are promised: the rest is for a batch that takes longer than those before."""
ROOM = 4
"""An allocation is made where so many times its size is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a selftest has to say."""

    created: str
    command: tuple[str, ...]
    extent: Extent
    device: str
    seconds: float
    environment: Environment
    surroundings: Surroundings
    checks: tuple[Check, ...]
    measures: tuple[Measure, ...]
    readings: tuple[Reading, ...]
    failures: tuple[Failure, ...]
    refused: str = ""
    """What a disk said on which nothing more could be measured."""


@dataclass(slots=True)
class Selftest:
    """What is to be done, and when it began."""

    workshop: Workshop
    extent: Extent
    watch: Watch
    measures: tuple[Measure, ...] = ()
    refused: str = ""

    def measure(self, listings: Sequence[Listing]) -> None:
        """Everything that needs the executor."""
        effort, workshop = EFFORTS[self.extent], self.workshop
        workshop.listener.say("what is known: spins, allocations, a spike, nothing")
        self.measures = (*spins(workshop), *weighings(workshop), nothing(workshop))
        try:
            self._compare(listings, effort)
        except StoreError as error:
            self.refused = str(error)  # what was measured before is told all the same

    def _compare(self, listings: Sequence[Listing], effort: Effort) -> None:
        workshop = self.workshop
        workshop.compare(planted_cases(workshop.device, effort), effort.planted_seconds, "planted slow-downs")
        real = real_cases(listings, workshop.executor, workshop.device)[: effort.real_cases]
        workshop.compare(
            real, self.watch.start + effort.seconds - clock.now(), "installed exercises against themselves"
        )

    def report(self) -> Report:
        """To be asked for when the executor is closed: its processes have then told what they used."""
        workshop = self.workshop
        ratios, failures = readings(workshop.runs)
        records = [record for run in workshop.runs for record in run.records]
        surroundings = self.watch.surroundings(workshop.environment.cores, records)
        return Report(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            command=workshop.command,
            extent=self.extent,
            device=workshop.device,
            seconds=clock.now() - self.watch.start,
            environment=workshop.environment,
            surroundings=surroundings,
            checks=judge(ratios, self.measures, failures, surroundings, workshop.device),
            measures=self.measures,
            readings=ratios,
            failures=failures,
            refused=self.refused,
        )


def planted_cases(device: str, effort: Effort) -> list[Case]:
    """Every kind of work once before any comes again with another seed."""
    return [
        Case(exercise=planted.EXERCISE, part=part, device=device, seed=seed)
        for seed in range(effort.planted_seeds)
        for part in planted.exercise.parts
    ]


def real_cases(listings: Sequence[Listing], executor: Executor, device: str) -> list[Case]:
    """Every comparison that is installed, in an order that is drawn: where time is short, a sample of them."""
    asked, _ = look_at([Selection(listing) for listing in listings], executor)
    described = [(each.listing, each.description) for each in asked]
    drawn = []
    for seed in (0, 1):
        cases = list(again.cases(described, device, (seed,)))
        random.Random(seed).shuffle(cases)
        drawn += cases
    return drawn


def known_case(workshop: Workshop, part: str, **values: float) -> Case:
    return Case(exercise=known.EXERCISE, part=part, device=workshop.device, seed=0, parameters=dict(values))


def spins(workshop: Workshop) -> Iterator[Measure]:
    cases = [known_case(workshop, "spin", milliseconds=milliseconds) for milliseconds in known.SPINS_MS]
    run = workshop.run([Task("agree", case) for case in cases])
    for record in run.records:
        expected = float(record.case.parameters["milliseconds"]) * 1e-3  # type: ignore[arg-type]  # a number
        time = statistics.estimate(record)
        note = "" if record.outcome == "ok" else reason(record)
        yield Measure(what="spin", expected=expected, measured=time.centre if time and not note else None, note=note)


def weighings(workshop: Workshop) -> Iterator[Measure]:
    for megabytes in known.ALLOCATIONS_MB:
        size, free = megabytes * known.MEGABYTE, environment.memory_left()
        if workshop.device == "cpu" and free < ROOM * size:
            note = f"{NOT_HERE}only {free / known.MEGABYTE:,.0f} MB of memory are free"
            yield Measure(what="allocation", expected=size, measured=None, note=note)
        else:
            observation = workshop.weigh(known_case(workshop, "allocation", megabytes=megabytes))
            yield weighed("allocation", size, observation)
    yield weighed("spike", known.SPIKE_MB * known.MEGABYTE, workshop.weigh(known_case(workshop, "spike")))


def weighed(what: Literal["allocation", "spike"], size: float, observation: Observation) -> Measure:
    """The peak. A spike is not judged where nothing keeps peaks: who looks once a millisecond may miss it."""
    for result in observation.variants.values():
        if result.memory is None:
            continue
        if what == "spike" and "sampled" in result.memory.source:
            note = f"{NOT_HERE}memory is {result.memory.source}"
            return Measure(what=what, expected=size, measured=None, note=note)
        return Measure(what=what, expected=size, measured=result.memory.peaks[0], note=result.memory.source)
    return Measure(what=what, expected=size, measured=None, note=reason(observation))


def nothing(workshop: Workshop) -> Measure:
    run = workshop.run([Task("study", known_case(workshop, "nothing"))])
    values = [metric.value for metric in run.records[0].findings.metrics if metric.name == known.NOTHING]
    note = "" if values else reason(run.records[0])
    return Measure(what="nothing", expected=0, measured=values[0] if values else None, note=note)


def reason(of: Record | Observation) -> str:
    """What a machine cannot do is a skip, and not judged."""
    return (NOT_HERE if of.outcome == "skipped" else f"{of.outcome}: ") + of.reason
