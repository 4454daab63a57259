"""Handing shards to an engine: in one call what needs the same, and what it has no room for later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Protocol

from bench import ctrl_c
from bench.cluster import attempts, commands, handed
from bench.cluster.engine import Engine, State, started
from bench.cluster.shards import Shard
from bench.cluster.standing import Standing
from bench.errors import BenchError, PluginError, UsageError
from bench.results import store

LATE = 5
"""How many looks a shard that the engine calls ended has to show that it is done: a network disk shows files late."""
ROOM = 60
"""After how many looks an engine that has taken only some of the shards is given the rest again."""


class Observer(Protocol):
    """Whoever tells the user."""

    def say(self, text: str) -> None: ...
    def stand(self, standing: Standing) -> None: ...


@dataclass(slots=True)
class Open:
    """A shard that is not done: its handle, how often it was given out, and how often it was found ended without an
    end. ``hidden`` marks one at which somebody is whom the engine does not know; ``since`` is when it was first seen
    running."""

    shard: Shard
    handle: str = ""
    state: State = "waiting"
    given: int = 0
    late: int = 0
    hidden: bool = False
    since: float | None = None


@dataclass(slots=True, kw_only=True)
class Giver:
    """Hands out shards of the run in ``folder``. ``open`` are all that are not done; with ``detach`` nobody will be
    there to hand out later what an engine has no room for now. ``full`` says that this was the case."""

    folder: Path
    engine: Engine
    observer: Observer
    open: Mapping[int, Open]
    detach: bool
    full: bool = False

    def give(self, wanted: Iterable[Open]) -> list[Open]:
        """Shards that need the same go to the engine in one call, and are kept before the next. Those that it took."""
        taken: list[Open] = []
        free = [each for each in wanted if not self.busy(each)]
        for _, alike in groupby(sorted(free, key=_alike), key=_alike):
            batch = list(alike)
            try:
                self._start(batch)
                taken += batch
            except (store.StoreError, PluginError, UsageError):
                raise
            except BenchError as error:
                self._wait_for_room(batch, error)
        return taken

    def _wait_for_room(self, batch: Sequence[Open], error: BenchError) -> None:
        """An engine that takes only so many at a time takes the rest once some have ended. Raises the error where none
        are there that could."""
        if not any(each.handle and each.state in ("waiting", "running") for each in self.open.values()):
            raise error
        if self.detach:
            raise BenchError(
                f"{error}; what was taken goes on: wait until some has ended, {store.resuming(self.folder)}"
            )
        if not self.full:
            self.observer.say(f"{error}; the rest waits until some of the others have ended")
        self.full = True
        for each in batch:
            each.late = LATE - ROOM

    def busy(self, each: Open) -> bool:
        """Whether somebody is at a shard, though no engine says so: its handle was lost with whoever had it."""
        each.hidden = attempts.busy(self.folder, each.shard.number)
        if each.hidden:
            each.state, each.late = "running", 0
        return each.hidden

    @ctrl_c.held  # what is handed out is kept, or nobody would find it again
    def _start(self, batch: Sequence[Open]) -> None:
        longest = max(each.shard.needs.seconds or 0.0 for each in batch)
        needs = replace(batch[0].shard.needs, seconds=longest or None)
        handles = started(self.engine, [commands.of_shard(self.folder, each.shard.number) for each in batch], needs)
        for each, handle in zip(batch, handles, strict=True):
            each.handle, each.state, each.late, each.since = handle, "waiting", 0, None
            each.given += 1
        try:
            handed.note(self.folder, {each.shard.number: each.handle for each in batch})
        except store.StoreError:
            self.engine.cancel(handles)  # nobody would ever find them again
            raise


def _alike(each: Open) -> tuple[str, int, bool]:
    needs = each.shard.needs
    return needs.device, needs.threads, needs.alone
