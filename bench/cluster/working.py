"""One shard, done where an engine has put it: ``bench work RUN N``.

A shard's run is a run like any other, in the folder of its attempt. What an earlier attempt has seen on this very
place is taken over; a training goes on from its checkpoints on any machine of the same kind.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.catalogue import Listing
from bench.cluster import attempts, fitness, handed, merging
from bench.cluster.shards import Shard
from bench.errors import Missing
from bench.execute.executors.base import Executor
from bench.execute.inquiries import look
from bench.execute.session import ProgressListener, Session, modules_of, unfinished
from bench.lab import CHECKPOINTS
from bench.model import Environment, Observation, Plan, Run
from bench.results import environment, floors, journal
from bench.results.journal import Journal
from bench.results.store import StoreError


class Unfit(Missing):
    """This machine is not one that may do the shard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who does a shard: ``listings`` are the exercises that are here."""

    executor: Executor
    listings: Sequence[Listing]
    listener: ProgressListener
    pause: Callable[[float], None]

    def work(self, run: Path, number: int) -> Run | None:
        """Do a shard of a run; nothing where it is done already. A run that was interrupted is not finished.

        Raises ``Unfit`` before anything is measured, ``Busy``, and ``BenchError`` for a folder that is no run's.
        """
        plan, _, shards = handed.read(run)
        shard = handed.shard(shards, number)
        with attempts.alone(run, number, pause=self.pause):
            if attempts.finished(run, number):
                return None
            attempts.disown(run, number)  # a file that names no attempt would keep every one from counting
            seen = look(self.executor, plan.threads, plan.data)
            here = seen.environment
            if reason := fitness.unfit(plan, shard.needs.device, seen, self.listings):
                attempts.refuse(run, number, reason, here)
                raise Unfit(reason)
            attempt = attempts.begin(run, number, here.host)
            with self._session(run, attempt, self._plan(plan, shard, here)) as session:
                done = session.run()
            self.executor.release()  # this process may stand by for a while, and another's shard be next
            if done.finished:
                attempts.finish(attempt)
            return done

    def _plan(self, plan: Plan, shard: Shard, here: Environment) -> Plan:
        """The plan of a shard by itself."""
        ids = {task.case.exercise for task in shard.tasks}
        return replace(
            plan,
            tasks=shard.tasks,
            devices=(shard.needs.device,),
            environment=here,
            exercises=tuple(each for each in plan.exercises if each.id in ids),
            broken=(),
            stop_first=False,  # whoever watches ends the others; a shard that stopped in the middle would never be done
            modules=modules_of(replace(plan, tasks=shard.tasks), self.listings),
            floor=floors.recall(plan.threads) if shard.needs.device == "cpu" else None,
        )

    @contextmanager
    def _session(self, run: Path, attempt: Path, plan: Plan) -> Iterator[Session]:
        known = taken_over(run, attempt, plan)
        written = Journal.create(attempt, plan)
        for observation in known:
            written.append(observation)
        yield Session(
            plan=plan,
            folder=attempt,
            journal=written,
            executor=self.executor,
            listener=self.listener,
            measured=lambda record: None,
            known=known,
        )


def taken_over(run: Path, attempt: Path, plan: Plan) -> list[Observation]:
    """What the newest attempt that is of use has left, its files brought into the new one's folder.

    Of the same place that is everything it observed. Of another machine of the same kind it is the checkpoints of its
    trainings: observations of two machines in one case would be held against each other.
    """
    number = int(attempt.parent.name)
    bring_checkpoints(run, attempt, plan)  # those of the run that this one continues
    for earlier in attempts.attempts(run, number):
        try:
            content = journal.read(earlier)
        except StoreError:
            continue
        if content.plan.environment == plan.environment:
            copy(earlier, attempt, ignore=own_files(earlier))
            return [observation for observation in content.observations if not unfinished(observation)]
        if not environment.differences(content.plan.environment, plan.environment) and bring_checkpoints(
            earlier, attempt, plan
        ):
            return []
    return []


def copy(source: Path, target: Path, *, ignore: Callable[[str, list[str]], set[str]]) -> None:
    """Copy a tree. Raises ``StoreError`` where the disk refuses."""
    with merging.brought(target):
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignore)


def own_files(folder: Path) -> Callable[[str, list[str]], set[str]]:
    """For ``copytree``: what tells of the earlier attempt itself is not copied, and nothing that is foreign."""

    def ignore(at: str, names: list[str]) -> set[str]:
        top = Path(at) == folder
        return merging.foreign(at, names) | {name for name in names if top and (folder / name).is_file()}

    return ignore


def bring_checkpoints(earlier: Path, attempt: Path, plan: Plan) -> bool:
    """Copy the checkpoints of the plan's trainings; whether there were any."""
    found = False
    for task in plan.tasks:
        place = earlier / task.case.folder / CHECKPOINTS
        if place.is_dir() and place.resolve() == earlier.resolve() / task.case.folder / CHECKPOINTS:
            copy(place, attempt / task.case.folder / CHECKPOINTS, ignore=merging.foreign)
            found = True
    return found
