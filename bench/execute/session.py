"""One `bench run`: every task done or found in the journal, every observation kept, at the end one run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Protocol

from bench import catalogue
from bench.errors import BenchError, NothingMatched
from bench.execute import schedule
from bench.execute.ahead import side_by_side
from bench.execute.executors.local import Workers
from bench.execute.lock import locked
from bench.execute.messages import Order, Progress
from bench.execute.observations import observe, oom_kills
from bench.execute.prepare import Request, ask_probe
from bench.execute.records import of_case, records
from bench.measure.sampling import EFFORTS
from bench.model import SCHEMA, Observation, Record, Run, Task
from bench.results import environment, folders, store
from bench.results.journal import Header, Journal


class Voice(Protocol):
    """Whoever tells the user how far the run has come."""

    def say(self, text: str) -> None: ...
    def begin(self, group: Sequence[Task]) -> None: ...
    def start(self, task: Task) -> None: ...
    def heard(self, task: Task, progress: Progress) -> None: ...
    def done(self, observation: Observation) -> None: ...


Measured = Callable[[Record], None]
"""Is told of every record when its part is complete: the hook ``bench_measured``."""


class Stopped(Exception):
    """``-x``: the first failure ends the run."""


@dataclass(slots=True, kw_only=True)
class Session:
    """Runs the tasks of a header, and keeps every observation in the journal at once."""

    header: Header
    folder: Path
    journal: Journal
    workers: Workers
    voice: Voice
    measured: Measured
    stop_first: bool = False
    lanes: int = 1
    interrupted: bool = False
    done: dict[bytes, Observation] = field(default_factory=dict)
    seen: list[Observation] = field(default_factory=list)
    told: set[bytes] = field(default_factory=set)
    """Tasks that were done ahead: the voice has told of them already."""

    def run(self) -> Run:
        """Run what is not done yet. Ctrl-C and ``-x`` give a run that is not finished."""
        modules = {listing.id: listing.module for listing in catalogue.listings()}
        who = f"`{' '.join(self.header.command)}` (process {os.getpid()})"
        finished = True
        try:
            with self.journal, locked(self.header.devices, who, self.voice.say):
                self.go_ahead(modules)
                for group in schedule.groups(self.header.tasks):
                    self.perform(group, modules)
        except (KeyboardInterrupt, Stopped) as reason:
            finished, self.interrupted = False, isinstance(reason, KeyboardInterrupt)
        run = self.as_run(finished)
        store.write(run, self.folder)
        return run

    def go_ahead(self, modules: dict[str, str]) -> None:
        """On the CPU, do side by side what is held against no clock, before anything is timed: studies, agreements,
        weighings. What they saw waits in ``done``."""
        tasks = [task for task in self.header.tasks if task.case.device == "cpu"]
        lanes = min(self.lanes, len(tasks))
        if lanes < 2 or self.stop_first:
            return
        effort, lock = EFFORTS[self.header.profile], Lock()

        def ahead(task: Task, workers: Workers) -> None:
            schedule.untimed(task, effort, lambda each: self.do_ahead(each, modules, workers, lock))

        studies_first = sorted(tasks, key=lambda task: task.kind != "study")
        side_by_side(studies_first, lanes, self.workers, ahead)

    def do_ahead(self, task: Task, modules: dict[str, str], workers: Workers, lock: Lock) -> Observation:
        """One task in a lane of its own, unless it is known."""
        key = store.encode(task)
        if key in self.done:
            return self.done[key]
        if task.kind == "study":
            self.voice.begin([task])
        self.voice.start(task)
        observation = self.measure(task, modules, workers)
        with lock:
            self.journal.append(observation)
            self.done[key] = observation
            self.told.add(key)
            self.voice.done(observation)
        return observation

    def perform(self, group: Sequence[Task], modules: dict[str, str]) -> None:
        """Do the tasks of a part, and all that follow from them."""
        if group[0].kind != "study" or not self.told.issuperset(map(store.encode, group)):
            self.voice.begin(group)
        before = len(self.seen)
        schedule.perform(group, EFFORTS[self.header.profile], lambda task: self.do(task, modules))
        for record in records(self.seen[before:]):
            self.measured(record)

    def do(self, task: Task, modules: dict[str, str]) -> Observation:
        """One task, measured now, or known: from ahead, or from the journal of a run that was interrupted."""
        key = store.encode(task)
        known = self.done.get(key)
        if key not in self.told:
            self.voice.start(task)
        observation = known or self.measure(task, modules, self.workers)
        if known is None:
            self.journal.append(observation)
        self.seen.append(observation)
        if key not in self.told:
            self.voice.done(observation)
        if self.stop_first and failing(observation):
            raise Stopped
        return observation

    def measure(self, task: Task, modules: dict[str, str], workers: Workers) -> Observation:
        header, case = self.header, task.case
        if case.exercise not in modules:
            raise NothingMatched(f"the exercise {case.exercise} is not here any more; `bench list` shows what is")
        order = Order(
            kind="task",
            module=modules[case.exercise],
            exercise=case.exercise,
            files=header.files,
            task=task,
            profile=header.profile,
            data=header.data,
            folder=str(self.folder.resolve()),
            threads=header.threads,
        )
        kills = oom_kills()
        reply = workers.do(order, timeout=header.timeout, listen=partial(self.voice.heard, task))
        return observe(task, reply, header.timeout, starved=oom_kills() > kills)

    def kept(self) -> list[Observation]:
        """All that was seen, and of a run that was stopped before that the studies that were done ahead."""
        seen = {store.encode(one.task) for one in self.seen}
        studies = [store.encode(task) for task in self.header.tasks if task.kind == "study"]
        return self.seen + [self.done[key] for key in studies if key in self.done and key not in seen]

    def as_run(self, finished: bool) -> Run:
        header = self.header
        return Run(
            schema=SCHEMA,
            id=header.id,
            created=header.created,
            command=header.command,
            profile=header.profile,
            devices=header.devices,
            seeds=header.seeds,
            data=header.data,
            environment=header.environment,
            exercises=header.exercises,
            records=records(self.kept()),
            broken=header.broken,
            finished=finished,
        )


def failing(observation: Observation) -> bool:
    return any(not record.passed for record in of_case([observation]))


def start(header: Header, request: Request, workers: Workers, voice: Voice, measured: Measured) -> Session:
    """Make the folder and the journal of a new run."""
    what = "all" if len(request.names) > 4 else "+".join(request.names)
    now = datetime.fromisoformat(header.created)
    folder = folders.new_folder(request.root, what, "+".join(header.devices), now)
    header = replace(header, id=folder.name)
    journal = Journal.create(folder, header)
    return Session(
        header=header,
        folder=folder,
        journal=journal,
        workers=workers,
        voice=voice,
        measured=measured,
        stop_first=request.stop_first,
        lanes=request.jobs,
    )


def reopen(folder: Path, workers: Workers, voice: Voice, measured: Measured, jobs: int = 1) -> Session:
    """Go on with a run. Raises ``BenchError`` where this machine is not the one that it began on."""
    journal, header, observations = Journal.reopen(folder)
    if journal.warning:
        voice.say(journal.warning)
    now = environment.gather(ask_probe(workers).facts, header.threads)
    if reasons := environment.comparable(header.environment, now):
        raise BenchError(f"{folder.name} cannot be continued here: {'; '.join(reasons)}. Start a new run instead")
    done = {store.encode(seen.task): seen for seen in observations if not unfinished(seen)}
    return Session(
        header=header,
        folder=folder,
        journal=journal,
        workers=workers,
        voice=voice,
        measured=measured,
        lanes=jobs,
        done=done,
    )


def unfinished(observation: Observation) -> bool:
    """Whatever wanted something that may be here by now; and a study that ran out of time, which goes on where its
    checkpoints are, with as much time again."""
    return observation.missing or (observation.task.kind == "study" and observation.outcome == "timeout")
