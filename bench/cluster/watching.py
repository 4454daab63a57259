"""A run in shards, from the submitter's side: hands them to the engine, watches, gives out again what was lost, merges.

All that it knows lies in the run's folder, so that another process can go on watching at any moment.
"""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import fsum
from pathlib import Path
from typing import Literal, Protocol

from bench.cluster import attempts, handed, merging, outputs
from bench.cluster.engine import Engine, State
from bench.cluster.probing import program
from bench.cluster.shards import Shard
from bench.errors import UsageError
from bench.model import Plan, Run
from bench.results import store
from bench.results.journal import Journal

PAUSE = 1.0
"""Seconds between two looks."""
LATE = 5
"""How many looks a shard that the engine calls ended has to show that it is done: a network disk shows files late."""
TRIES = 3
"""How often one command gives a shard out before it is left alone."""
WATCHED = "watched"

Condition = Literal["waiting", "running", "done", "refused", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a run has come: its shards by condition, and the seconds that are left, where that can be told."""

    shards: Mapping[Condition, int]
    left: float | None = None

    @property
    def words(self) -> str:
        """Such as ``14 shards: 3 waiting, 2 running, 9 done; about 2 min left``."""
        total = sum(self.shards.values())
        counts = ", ".join(f"{count} {name}" for name, count in self.shards.items() if count)
        left = f"; about {_minutes(self.left)} left" if self.left else ""
        return f"{total} shard{'s' * (total != 1)}: {counts}{left}"


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Observer(Protocol):
    """Whoever tells the user."""

    def say(self, text: str) -> None: ...
    def stand(self, standing: Standing) -> None: ...


@dataclass(slots=True)
class Open:
    """A shard that is not done: its handle, and how often it was given out and found ended without an end."""

    shard: Shard
    handle: str = ""
    state: State = "waiting"
    given: int = 0
    late: int = 0


@dataclass(slots=True, kw_only=True)
class Watch:
    """Has the shards of a plan done. ``leave`` is asked after Ctrl-C whether they are to go on; with ``detach``
    nobody watches once they are handed out. ``left`` says afterwards that some go on without us."""

    plan: Plan
    folder: Path
    shards: Sequence[Shard]
    engine: Engine
    observer: Observer
    pause: Callable[[float], None]
    leave: Callable[[], bool] = lambda: True
    detach: bool = False
    tries: int = TRIES
    interrupted: bool = False
    left: bool = False
    open: dict[int, Open] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    stopped: bool = False

    def run(self) -> Run:
        """Until every shard is done, refused or given up, or the user has enough of it: what there is by then. It is
        finished unless a shard was lost or left running."""
        with watched(self.folder):
            try:
                self._begin()
                while self.open and not self.detach:
                    self._look()
                    if self.open:
                        self.pause(PAUSE)
                self.left = bool(self.open)
            except KeyboardInterrupt:
                self.interrupted = True
                self._interrupt()
            run = merging.merge(self.folder)
            merging.bring(self.folder)
            store.write(run, self.folder)
        return run

    def _begin(self) -> None:
        """Take up what was handed out before, and hand out the rest."""
        before = handed.handles(self.folder)
        for shard in self.shards:
            if attempts.finished(self.folder, shard.number):
                continue
            attempts.forgive(self.folder, shard.number)
            self.open[shard.number] = Open(shard, before.get(shard.number, ""))
        known = [each for each in self.open.values() if each.handle]
        states = self.engine.look([each.handle for each in known]) if known else {}
        for each in known:
            each.state = states.get(each.handle, "lost")
        self._hand_out([each for each in self.open.values() if not each.handle or each.state in ("ended", "lost")])

    def _hand_out(self, wanted: Iterable[Open]) -> None:
        """Shards that need the same go to the engine in one call, and are kept before the next."""
        for _, alike in groupby(sorted(wanted, key=_alike), key=_alike):
            batch = list(alike)
            longest = max(each.shard.needs.seconds or 0.0 for each in batch)
            needs = replace(batch[0].shard.needs, seconds=longest or None)
            commands = [[*program(), str(self.folder.resolve()), str(each.shard.number)] for each in batch]
            handles = self.engine.start(commands, needs)
            handed.note(self.folder, {each.shard.number: handle for each, handle in zip(batch, handles, strict=True)})
            for each, handle in zip(batch, handles, strict=True):
                each.handle, each.state, each.late = handle, "waiting", 0
                each.given += 1

    def _look(self) -> None:
        states = self.engine.look([each.handle for each in self.open.values()])
        lost: list[Open] = []
        for each in list(self.open.values()):
            each.state = states.get(each.handle, "lost")
            if each.state != "waiting" and not self._closed(each) and each.state in ("ended", "lost"):
                each.late += 1
                if each.late > LATE:
                    lost.append(each)
        self._again(lost)
        self.observer.stand(self.standing())

    def _closed(self, each: Open) -> bool:
        """Whether the shard is done or refused; then it is not open any more."""
        number = each.shard.number
        if attempt := attempts.finished(self.folder, number):
            del self.open[number]
            self._stop_first(attempt)
            return True
        if reason := attempts.refusal(self.folder, number):
            self.observer.say(f"shard {number} was refused: {reason}")
            self.refused.add(number)
            del self.open[number]
            return True
        return False

    def _stop_first(self, attempt: Path) -> None:
        """With ``-x`` nothing goes on after a failure."""
        if self.plan.stop_first and not all(record.passed for record in store.read(attempt).records):
            self.engine.cancel([each.handle for each in self.open.values()])
            self.open.clear()
            self.stopped = True

    def _again(self, lost: Sequence[Open]) -> None:
        for each in lost:
            if each.given >= self.tries:
                self.observer.say(outputs.left_alone(self.folder, each.shard.number, each.handle, each.given))
                self.given_up.add(each.shard.number)
                del self.open[each.shard.number]
        again = [each for each in lost if each.shard.number in self.open]
        if again:
            self.observer.say(f"handed out again: {', '.join(f'shard {each.shard.number}' for each in again[:5])}")
            self._hand_out(again)

    def _interrupt(self) -> None:
        """Ask whether to cancel; a second Ctrl-C meanwhile means that it goes on without us."""
        try:
            self.left = self.engine.outlives and self.leave()
        except KeyboardInterrupt:
            self.left = self.engine.outlives
        if not self.left:
            self.engine.cancel([each.handle for each in self.open.values() if each.handle])

    def standing(self) -> Standing:
        """How far it has come."""
        running = Counter(each.state for each in self.open.values())["running"]
        counts: dict[Condition, int] = {
            "waiting": len(self.open) - running,
            "running": running,
            "done": len(self.shards) - len(self.open) - len(self.refused) - len(self.given_up),
            "refused": len(self.refused),
            "lost": len(self.given_up),
        }
        seconds = fsum(each.shard.needs.seconds or 0.0 for each in self.open.values())
        return Standing(shards=counts, left=seconds / running if running else None)


def _alike(each: Open) -> tuple[str, int, bool]:
    needs = each.shard.needs
    return needs.device, needs.threads, needs.alone


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """One watcher a run. Raises ``UsageError`` where another is."""
    with (folder / WATCHED).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{folder.name} is being watched by another process: wait for that one") from error
        except OSError:
            pass  # a network disk without locks
        yield


def begin(plan: Plan, folder: Path, cut: handed.Cut) -> None:
    """Write down what the machines need to know. Raises ``BenchError`` where the folder cannot be written."""
    Journal.create(folder, plan).close()
    handed.keep(folder, cut)
