"""The tasks of the selftest, done by the session and the executor that every run has, within a budget of seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench import ctrl_c
from bench.execute import session
from bench.execute.messages import Order
from bench.execute.observations import observation_of
from bench.measure import clock
from bench.model import SCHEMA, Case, Environment, Exercise, ExerciseInfo, Observation, Plan, Record, Run, Task
from bench.results import store
from bench.results.store import StoreError
from bench.selftest import again, known, planted

if TYPE_CHECKING:
    from bench.execute.executors.base import Executor
    from bench.execute.messages import Progress
    from bench.execute.session import ProgressListener

PROFILE = again.PROFILE
TIMEOUT = 120.0
"""Seconds for one task."""
EXERCISES: dict[str, Exercise] = {each.EXERCISE: each.exercise for each in (planted, known, again)}
MODULES = {each.EXERCISE: each.__name__ for each in (planted, known, again)}
BATCH = 5
"""Cases of one session: their rounds take turns, as those of a run do. Between batches the clock is looked at."""

SURE = 1.3
"""A case may take so many times as long as the slowest ones before: neighbours come and go."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Tells whoever listens of every task, and not of every group: each batch would begin them all again."""

    listener: ProgressListener

    def say(self, text: str) -> None:
        self.listener.say(text)

    def begin(self, group: Sequence[Task]) -> None:
        pass

    def start(self, task: Task) -> None:
        self.listener.start(task)

    def heard(self, task: Task, progress: Progress) -> None:
        self.listener.heard(task, progress)

    def done(self, observation: Observation) -> None:
        self.listener.done(observation)


def ignore(record: Record) -> None:
    """Nobody waits for a record of the selftest."""


@dataclass(slots=True, kw_only=True)
class Workshop:
    """Where tasks are done. ``folder`` takes their runs, each in a folder of its own with its raw samples."""

    executor: Executor
    listener: ProgressListener
    folder: Path
    device: str
    environment: Environment
    command: tuple[str, ...]
    runs: list[Run] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds for a case, in the slowest batch so far."""

    def run(self, tasks: Sequence[Task]) -> Run:
        """One run of tasks of one exercise of ours. Raises ``KeyboardInterrupt`` for one that was interrupted,
        ``StoreError`` where the disk refuses."""
        id = f"{len(self.runs) + 1:02}-{tasks[0].case.exercise}"
        folder = self.folder / "runs" / id
        with refused_in_words(folder):
            folder.mkdir(parents=True)
            begun = session.begin(
                self.plan(id, tasks), folder, executor=self.executor, listener=Steps(self.listener), measured=ignore
            )
            self.runs.append(begun.run())
        if begun.interrupted:
            raise KeyboardInterrupt
        return self.runs[-1]

    def compare(self, cases: Sequence[Case], seconds: float, what: str) -> None:
        """Comparisons in batches while there is time, the last ones smaller; one batch in any case."""
        end, done = clock.now() + seconds, 0
        while batch := cases[done : done + (self._fitting(end - clock.now()) or (not done))]:
            start = clock.now()
            self.listener.say(f"{what}: cases {done + 1} to {done + len(batch)}, {max(0.0, end - start):.0f} s left")
            self.run([Task("agree", case) for case in batch])
            self.slowest = max(self.slowest, (clock.now() - start) / len(batch))
            done += len(batch)

    def _fitting(self, seconds: float) -> int:
        """How many cases surely end in that time; before any was done, a whole batch."""
        return min(BATCH, int(seconds / (SURE * self.slowest))) if self.slowest else BATCH

    def weigh(self, case: Case) -> Observation:
        """One weighing by itself."""
        task = Task("weigh", case)
        order = Order(
            kind="task",
            module=MODULES[case.exercise],
            exercise=case.exercise,
            task=task,
            profile=PROFILE,
            folder=str((self.folder / "runs").resolve() / case.folder),
            threads=self.environment.threads,
            devices=(self.device,),
        )
        return observation_of(task, ctrl_c.result(self.executor.submit(order, timeout=TIMEOUT)), TIMEOUT)

    def plan(self, id: str, tasks: Sequence[Task]) -> Plan:
        name = tasks[0].case.exercise
        return Plan(
            schema=SCHEMA,
            id=id,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            command=self.command,
            profile=PROFILE,
            devices=(self.device,),
            seeds=tuple(sorted({task.case.seed for task in tasks})),
            data="embedded",
            threads=self.environment.threads,
            timeout=TIMEOUT,
            environment=self.environment,
            exercises=(info(name),),
            broken=(),
            tasks=tuple(tasks),
            modules={name: MODULES[name]},
        )


@contextmanager
def refused_in_words(folder: Path) -> Iterator[None]:
    """A run of a selftest is none to go on with, as the session would say."""
    try:
        yield
    except (StoreError, OSError) as error:
        refused = error if isinstance(error, OSError) else error.__cause__
        if isinstance(refused, OSError):
            raise store.refusal(refused, folder, "then measure again") from error
        raise


def info(name: str) -> ExerciseInfo:
    parts = EXERCISES[name].parts.values()
    return ExerciseInfo(
        id=name,
        title=f"Selftest: {name}",
        tags=("selftest",),
        parts=tuple(part.described.at(PROFILE) for part in parts),
    )
