"""One `bench run`: what is ready is submitted, what comes back is kept, and at the end there is one run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from bench import ctrl_c
from bench.analysis import laps, races
from bench.catalogue import Listing
from bench.errors import BenchError, NothingMatched, UsageError
from bench.execute import mending, peaks
from bench.execute.executors.base import Executor
from bench.execute.inquiries import probe
from bench.execute.messages import Order, Progress, Reply
from bench.execute.observations import observation_of, records_of_case, run_of
from bench.execute.outcomes import ENDED
from bench.execute.provenance import changed
from bench.execute.schedule import Schedule, group_of
from bench.measure.sampling import EFFORTS
from bench.model import Case, Observation, Peak, Plan, Record, Run, Task
from bench.results import environment, store
from bench.results.journal import JOURNAL, Journal
from bench.results.store import StoreError

SHOWN = 3
"""Changed files that are named; more do not fit into a line."""


class ProgressListener(Protocol):
    """Whoever tells the user how far the run has come."""

    def say(self, text: str) -> None: ...
    def begin(self, group: Sequence[Task]) -> None: ...
    def start(self, task: Task) -> None: ...
    def heard(self, task: Task, progress: Progress) -> None: ...
    def done(self, observation: Observation) -> None: ...


Measured = Callable[[Record], None]
"""Is told of every record when its case is complete: the hook ``bench_measured``."""


@dataclass(slots=True, kw_only=True)
class Session:
    """Has the tasks of a plan done, and keeps every observation in the journal at once.

    ``known`` is what an interrupted run has seen already.
    """

    plan: Plan
    folder: Path
    journal: Journal
    executor: Executor
    listener: ProgressListener
    measured: Measured
    known: Sequence[Observation] = ()
    interrupted: bool = False
    scratch: str = ""
    schedule: Schedule = field(init=False)
    groups: dict[tuple[str, str, str], list[Task]] = field(default_factory=dict, init=False)
    references: dict[tuple[str, str], str | None] = field(init=False)
    devices: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        # Looked up for every order: to go through the plan each time would take the square of its length.
        for task in self.plan.tasks:
            self.groups.setdefault(group_of(task), []).append(task)
        self.references = {(each.id, part.id): part.reference for each in self.plan.exercises for part in each.parts}
        self.devices = timed_on(self.plan)
        self.schedule = Schedule(
            self.plan.tasks,
            EFFORTS[self.plan.profile],
            enough=self._enough,
            side_by_side=self.executor.slots() > 1,
            stop_first=self.plan.stop_first,
            known=self.known,
        )

    def _enough(self, case: Case, observations: Sequence[Observation]) -> bool:
        """Whether every ratio of a case is as narrow as the profile wants it, or another round would take longer than
        the case has."""
        effort, timed = EFFORTS[self.plan.profile], [each.seconds for each in observations if each.task.is_timed]
        # The next round will take about as long as one did so far.
        if sum(timed) + sum(timed) / len(timed) > effort.case_seconds:
            return True
        reference = self.references[case.exercise, case.part]
        raced = any(each.task.kind == "race" for each in observations)
        width = races.widest(observations, reference) if raced else laps.widest(observations, str(reference))
        return width <= effort.narrow

    def run(self) -> Run:
        """Do what is not done yet. Ctrl-C and ``-x`` give a run that is not finished."""
        # To the very end: as long as it has the journal, nobody else goes on with the run.
        with self.journal:
            reached = self._all()
            finished = not (self.interrupted or self.schedule.stopped)
            run = replace(run_of(self.plan, self.schedule.observations(), finished=finished), peaks=reached)
            self._keep(run)
        return run

    def _keep(self, run: Run) -> None:
        """Write the run, elsewhere if its folder was taken away: then it may be nowhere but in this process."""
        try:
            store.write(run, self.folder)
        except StoreError as error:
            if (self.folder / JOURNAL).exists():
                raise
            self.folder = rescued(run, self.folder, error)
            self.listener.say(f"the folder of the run was removed while it was at work: run.json is in {self.folder}")

    def _all(self) -> tuple[Peak, ...]:
        """Every task, and the peaks that what was timed is held against."""
        try:
            with tempfile.TemporaryDirectory(prefix="bench-run-", ignore_cleanup_errors=True) as scratch:
                self.scratch = scratch
                self._work()
            return () if self.schedule.stopped else self._peaks()
        except KeyboardInterrupt:
            self.interrupted = True
            self.executor.close()  # the children must be gone before anything is said of the run
            return ()

    def _peaks(self) -> tuple[Peak, ...]:
        """What a roofline is held against; a run without it is a run all the same."""
        devices = peaks.wanted(self.schedule.observations(), self.plan.profile)
        try:
            return peaks.measure(self.executor, devices, self.plan.threads)
        except BenchError as error:
            self.listener.say(str(error))
            return ()

    def _work(self) -> None:
        at_work: dict[Future[Reply], Task] = {}
        done: SimpleQueue[Future[Reply]] = SimpleQueue()
        self._tell_records()
        while True:
            # Asked anew after every reply: what that has opened may go before what was ready.
            # As many as may be at work, and as many as may begin: a run can have thousands more.
            for task in self.schedule.ready(2 * self.executor.slots()):
                if len(at_work) == self.executor.slots():
                    break
                if task not in at_work.values():
                    future = self._submit(task)
                    at_work[future] = task
                    ctrl_c.put_when_done(future, done)
            if not at_work:
                return
            future = ctrl_c.next_of(done)
            task, reply = at_work.pop(future), future.result()
            self._bring_home(task, reply)
            self._note(observation_of(task, reply, self.plan.timeout))

    def _submit(self, task: Task) -> Future[Reply]:
        if group := self.groups.pop(group_of(task), None):
            self.listener.begin(group)
        self.listener.start(task)
        listen = partial(self.listener.heard, task)
        return self.executor.submit(self._order(task), timeout=self.plan.timeout, listen=listen)

    def _order(self, task: Task) -> Order:
        return order_of(self.plan, task, folder=self.folder.resolve(), scratch=self.scratch, devices=self.devices)

    def _bring_home(self, task: Task, reply: Reply) -> None:
        """The files of a task that was done in a folder of its host's own."""
        home = self.folder / task.case.folder
        # Asked for another place first: a task can have left its own so that nobody may even look whether it is there.
        if reply.folder and Path(reply.folder).resolve() != home.resolve() and Path(reply.folder).is_dir():
            try:
                shutil.copytree(reply.folder, home, dirs_exist_ok=True)
            except OSError as error:  # of many refusals copytree makes one without a number
                raise store.refusal(error, home, store.resuming(self.folder)) from error

    def _note(self, observation: Observation) -> None:
        # Kept first: whatever happens in the next line, this is measured once.
        with ctrl_c.held:
            self.journal.append(observation)
            self.schedule.note(observation)
        self.listener.done(observation)
        self._tell_records()

    def _tell_records(self) -> None:
        for observations in self.schedule.completed():
            for record in records_of_case(observations):
                self.measured(replace(record, place=self.plan.environment.host))


def rescued(run: Run, folder: Path, error: StoreError) -> Path:
    """The folder that a run is written into whose own is gone: the same anew, or one among the machine's temporary
    files. Raises ``error`` where neither can be written."""
    with suppress(OSError, StoreError):
        return _written(run, folder)
    with suppress(OSError, StoreError):
        return _written(run, Path(tempfile.mkdtemp(prefix="bench-run-kept-"), folder.name))
    raise error


def _written(run: Run, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    store.write(run, folder)
    return folder


def order_of(
    plan: Plan,
    task: Task,
    *,
    folder: Path,
    scratch: str = "",
    devices: tuple[str, ...] = (),
    guests_alone: bool = False,
    portraits: bool = False,
) -> Order:
    """All that a task's host needs; ``folder`` is the run's."""
    exercise, part = task.case.exercise, task.case.part
    return Order(
        kind="task",
        module=plan.modules[exercise],
        exercise=exercise,
        files=plan.files,
        guests=tuple(guest for guest in plan.guests if (guest.exercise, guest.part) == (exercise, part)),
        guests_alone=guests_alone,
        portraits=portraits,
        task=task,
        profile=plan.profile,
        data=plan.data,
        folder=str(folder / task.case.folder),
        scratch=scratch,
        threads=plan.threads,
        timeout=plan.timeout,
        devices=devices,
        keep_checkpoints=plan.keep_checkpoints,
        memory=plan.memory,
    )


def timed_on(plan: Plan) -> tuple[str, ...]:
    """The devices that the run keeps from others: none where it times nothing."""
    return plan.devices if any(task.kind != "study" for task in plan.tasks) else ()


def begin(plan: Plan, folder: Path, *, executor: Executor, listener: ProgressListener, measured: Measured) -> Session:
    """Start the journal of a new run in its folder."""
    journal = Journal.create(folder, plan)
    return Session(plan=plan, folder=folder, journal=journal, executor=executor, listener=listener, measured=measured)


def reopen(
    folder: Path,
    listings: Sequence[Listing],
    *,
    executor: Executor,
    listener: ProgressListener,
    measured: Measured,
    stop_first: bool = False,
    secrets: Mapping[str, str] | None = None,
) -> Session:
    """Go on with a run; its ``secrets`` are given again. Raises ``BenchError`` where this machine is not the one that
    it began on, ``UsageError`` where its code is not what it was."""
    journal, plan, observations = Journal.reopen(folder)
    try:
        if journal.warning:
            listener.say(journal.warning)
        modules = _unchanged(plan, folder, listings, executor)
        if names := mending.broken(plan, listings):
            listener.say(f"looking again at what was broken: {', '.join(names)} …")
            mended = mending.looked_at_again(plan, listings, executor, secrets or {})
            if mended != plan:
                journal.replan(plan := mended)  # before any task that is new begins
    except BaseException:
        journal.close()  # whoever mends what was wrong finds the run free
        raise
    return Session(
        plan=replace(plan, modules=modules, stop_first=stop_first),
        folder=folder,
        journal=journal,
        executor=executor,
        listener=listener,
        measured=measured,
        known=[observation for observation in observations if not unfinished(observation)],
    )


def _unchanged(plan: Plan, folder: Path, listings: Sequence[Listing], executor: Executor) -> dict[str, str]:
    """Where the exercises of a plan are imported from, on a machine and of a code that are what they were."""
    here = environment.gather(probe(executor).facts, plan.threads)
    if reasons := environment.differences(plan.environment, here):
        raise BenchError(f"{folder.name} cannot be continued here: {'; '.join(reasons)}. Start a new run instead")
    modules = modules_of(plan, listings)
    if names := changed(plan, listings):
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        file = "the file" if len(names) == 1 else "the files"
        raise UsageError(
            f"{', '.join(names[:SHOWN])}{more} changed since the run began: start a new run, or put {file} back"
        )
    return modules


def modules_of(plan: Plan, listings: Sequence[Listing]) -> dict[str, str]:
    """Where the exercises of a plan are imported from today."""
    here = {listing.id: listing.module for listing in listings}
    for exercise in dict.fromkeys(task.case.exercise for task in plan.tasks):
        if exercise not in here:
            raise NothingMatched(f"the exercise {exercise} is not here any more; `bench list` shows what is")
    return here


def unfinished(observation: Observation) -> bool:
    """Whatever wanted something that may be here by now, room on the disk too; a study that ran out of time, which goes
    on where its checkpoints are, with as much time again; and what was ended from outside."""
    # A scheduler that takes a job away asks all of its processes at once, and a child may be gone before we are. Who
    # sent a SIGKILL nobody can tell: one that kills itself does so again, and costs what it has cost.
    return (
        observation.missing
        or (observation.task.kind == "study" and observation.outcome == "timeout")
        or (observation.outcome == "failed" and observation.reason.startswith(ENDED))
        or (observation.outcome == "failed" and store.has_no_room(observation.reason))
    )
