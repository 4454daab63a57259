"""A run in shards, from the submitter's side: hands them to the engine, watches, gives out again what was lost, merges.

All that it knows lies in the run's folder, so that another process can go on watching at any moment.
"""

from __future__ import annotations

import fcntl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from math import fsum
from pathlib import Path

from bench import plain_file
from bench.cluster import attempts, handed, merging, outputs
from bench.cluster.engine import Engine, states
from bench.cluster.giving import LATE, Giver, Observer, Open
from bench.cluster.shards import Shard
from bench.cluster.standing import Condition, Standing, minutes
from bench.errors import BenchError, PluginError, UsageError
from bench.model import Plan, Record, Run
from bench.results import store
from bench.results.journal import Journal

PAUSE = 1.0
"""Seconds between two looks."""
TRIES = 3
"""How often one command gives a shard out before it is left alone."""
PATIENCE = 600
"""How many looks in turn an engine may fail at, or for how many times a pause: one that is silent takes its time."""
SHOWN = 5
"""Shards that are named; more do not fit into a line."""
WATCHED = "watched"


@dataclass(slots=True, kw_only=True)
class Watch:
    """Has the shards of a plan done. ``leave`` is asked after Ctrl-C whether they are to go on; with ``detach``
    nobody watches once they are handed out. ``left`` says afterwards that some go on without us; ``measured`` is told
    of every record of a shard when that is done."""

    plan: Plan
    folder: Path
    shards: Sequence[Shard]
    engine: Engine
    observer: Observer
    pause: Callable[[float], None]
    leave: Callable[[], bool] = lambda: True
    measured: Callable[[Record], None] = lambda record: None
    detach: bool = False
    tries: int = TRIES
    interrupted: bool = False
    left: bool = False
    open: dict[int, Open] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    given_up: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    stopped: bool = False
    trouble: int = 0
    since: float = 0.0
    clock: Callable[[], float] = time.monotonic
    giver: Giver = field(init=False)

    def __post_init__(self) -> None:
        self.giver = Giver(
            folder=self.folder, engine=self.engine, observer=self.observer, open=self.open, detach=self.detach
        )

    def run(self) -> Run:
        """Until every shard is done, refused or given up, or the user has enough of it: what there is by then. It is
        finished unless a shard was lost or left running.

        Raises ``UsageError`` where somebody else watches, and ``BenchError`` where the engine cannot be used.
        """
        try:
            with watched(self.folder):
                try:
                    self._begin()
                    self._watch()
                except KeyboardInterrupt:
                    self.interrupted = True
                    self._interrupt()
                except (UsageError, PluginError):
                    self._give_up()
                    raise
                return self._end()
        finally:
            self.engine.close()

    def _watch(self) -> None:
        try:
            while self.open and not self.detach:
                self._look()
                if self.open:
                    self.pause(PAUSE)
        except BenchError:
            self._end()  # what is done is kept, whatever has become of the engine or the disk
            raise
        self.left = bool(self.open)

    def _end(self) -> Run:
        runs, refused = merging.taken(self.folder, self.plan, self.shards)
        for number, refusal in refused.items():
            if attempts.finished(self.folder, number):
                self.observer.say(f"shard {number} does not count: {refusal.reason}")
                attempts.set_aside(self.folder, number)
                attempts.refuse(self.folder, number, refusal.reason, refusal.where)
        run = merging.merged(self.plan, self.shards, runs, refused)
        merging.bring(self.folder, (shard for shard in self.shards if shard.number in runs))
        store.write(run, self.folder)
        return run

    def _begin(self) -> None:
        """Take up what was handed out before, and hand out the rest."""
        before = handed.handles(self.folder)
        begun = bool(before) or (self.folder / store.SHARDS).exists()
        for shard in self.shards:
            self.open[shard.number] = each = Open(shard, before.get(shard.number, ""))
            if begun and self._result(each) is None:
                attempts.forgive(self.folder, shard.number)
        known = [each for each in self.open.values() if each.handle]
        found = states(self.engine, [each.handle for each in known])
        for each in known:
            each.state = found[each.handle]
        # What has ended may be done, and a network disk show it late: the first looks will tell.
        self.giver.give(
            [
                each
                for each in self.open.values()
                if not each.handle or (self.detach and each.state in ("ended", "lost"))
            ]
        )

    def _look(self) -> None:
        """Once. An engine that does not answer, or takes nothing, is asked again for a while: a controller is busy."""
        try:
            self._round()
            self.trouble = 0
        except (store.StoreError, PluginError, UsageError):
            raise  # neither a disk nor a bug nor what was asked for mends itself
        except BenchError as error:
            if not self.trouble:
                self.observer.say(f"{error}; asking again for up to {minutes(PATIENCE * PAUSE)}")
                self.since = self.clock()
            self.trouble += 1
            if self.trouble > PATIENCE or self.clock() - self.since > PATIENCE * PAUSE:
                raise

    def _round(self) -> None:
        found = states(self.engine, [each.handle for each in self.open.values() if each.handle])
        lost: list[Open] = []
        for each in list(self.open.values()):
            if self.stopped:
                break
            each.state = "running" if each.hidden else found.get(each.handle, "lost")
            # One that waits again begins anew: its worker has died.
            each.since = None if each.state == "waiting" else self.clock() if each.since is None else each.since
            if each.state != "waiting" and not self._closed(each) and self._is_lost(each):
                lost.append(each)
        if self.stopped:
            self._cancel()  # where nobody answers, the next look asks once more
            self.open.clear()
        else:
            self._again(lost)
        self.observer.stand(self.standing())

    def _is_lost(self, each: Open) -> bool:
        """Whether nothing is at the shard any more, and it has had its time to show that it is done."""
        if not each.hidden and each.state not in ("ended", "lost"):
            each.late = 0
            return False
        attempts.look_anew(self.folder, each.shard.number)
        if not self.giver.busy(each):
            each.late += 1
        return each.late > LATE

    def _closed(self, each: Open) -> bool:
        """Whether the shard is done or refused; then it is not open any more."""
        number = each.shard.number
        if run := self._result(each):
            self._stop_first(run)
            return True
        if reason := attempts.refusal(self.folder, number):
            self.observer.say(f"shard {number} was refused: {reason}")
            self.refused.add(number)
            del self.open[number]
            return True
        return False

    def _result(self, each: Open) -> Run | None:
        """What came of a shard that is done. An attempt that is damaged counts no more, and the shard is done again."""
        number = each.shard.number
        attempt = attempts.finished(self.folder, number)
        if attempt is None:
            return None
        try:
            run = merging.result(self.plan, each.shard, attempt)
        except store.StoreError as error:
            self.observer.say(f"{error}; shard {number} is done again")
            attempts.disown(self.folder, number)
            return None
        self.done.add(number)
        del self.open[number]
        for record in run.records:
            self.measured(replace(record, place=run.environment.host))
        return run

    def _stop_first(self, run: Run) -> None:
        """With ``-x`` nothing goes on after a failure."""
        if self.plan.stop_first and not all(record.passed for record in run.records):
            self.stopped = True

    def _again(self, lost: Sequence[Open]) -> None:
        for each in lost:
            if each.given >= self.tries:
                self.observer.say(outputs.left_alone(self.folder, each.shard.number, each.handle, each.given))
                self.given_up.add(each.shard.number)
                del self.open[each.shard.number]
        again = self.giver.give(each for each in lost if each.shard.number in self.open)
        if again:
            more = f" and {len(again) - SHOWN} more" if len(again) > SHOWN else ""
            names = ", ".join(f"shard {each.shard.number}" for each in again[:SHOWN])
            self.observer.say(f"handed out{' again' * (again[0].given > 1)}: {names}{more}")

    def _give_up(self) -> None:
        """Nothing goes on of what was asked for by mistake, or of an engine that cannot be relied on."""
        with suppress(BenchError):  # that is what the user has to hear of
            self._cancel()

    def _cancel(self) -> None:
        self.engine.cancel([each.handle for each in self.open.values() if each.handle])

    def _interrupt(self) -> None:
        """Ask whether to cancel; a second Ctrl-C meanwhile means that it goes on without us."""
        try:
            self.left = self.engine.outlives and self.leave()
        except KeyboardInterrupt:
            self.left = self.engine.outlives
        self.left = self.left and bool(self.open)
        if not self.left:
            try:
                self._cancel()
            except (BenchError, KeyboardInterrupt) as error:  # what is done is kept all the same
                told = f"{error}; nothing was cancelled" if str(error) else "interrupted while shards were cancelled"
                self.observer.say(told)
                self.left = self.engine.outlives and bool(self.open)

    def _left(self, each: Open) -> float:
        """Seconds that a shard will take still, as far as is known: one that takes longer than that is about to end."""
        gone = 0.0 if each.since is None else self.clock() - each.since
        return max(0.0, (each.shard.needs.seconds or 0.0) - gone)

    def standing(self) -> Standing:
        """How far it has come."""
        running = Counter(each.state for each in self.open.values())["running"]
        counts: dict[Condition, int] = {
            "waiting": len(self.open) - running,
            "running": running,
            "done": len(self.done),
            "refused": len(self.refused),
            "lost": len(self.given_up),
        }
        seconds = fsum(map(self._left, self.open.values()))
        return Standing(shards=counts, left=seconds / running if running else None)


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """One watcher a run. Raises ``UsageError`` where another is, ``StoreError`` where the folder is not ours."""
    with attempts.written(folder):
        lock = plain_file.grown(folder / WATCHED)
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{folder.name} is being watched by another process: wait for that one") from error
        except OSError:
            pass  # a network disk without locks
        yield


def begin(plan: Plan, folder: Path, cut: handed.Cut) -> None:
    """Write down what the machines need to know. Raises ``BenchError`` where the folder cannot be written."""
    # The cut first: a folder with a journal alone is a plain run, which somebody would resume on this machine.
    handed.keep(folder, cut)
    Journal.create(folder, plan).close()
