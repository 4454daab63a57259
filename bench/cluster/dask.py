"""Shards on a Dask cluster: one of this machine, or one that answers at an address.

A shard is a task, given through ``concurrent.futures.Executor``; on a worker it is a process that the task holds on to
(``holding.py``). Where the cluster lives without us, its tasks are published there under the names that are kept in
the run's folder: another process finds them by these.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bench import ctrl_c
from bench.cluster import dask_clusters
from bench.cluster.answers import Broken, answered
from bench.cluster.dask_clusters import Connection
from bench.cluster.engine import State
from bench.cluster.holding import batch_of, hold
from bench.cluster.shards import Needs
from bench.cluster.standby import STANDBY
from bench.errors import BenchError

GPU = "GPU"
"""The resource that workers with a GPU have by custom (``dask worker --resources GPU=1``)."""

TAKEN = 60.0
"""Seconds that a scheduler has for taking shards, of which there may be thousands."""


def make(address: str, options: Mapping[str, str]) -> Dask:
    """``address`` is a scheduler's, or a scheduler file; without one a cluster of this machine is started when it is
    needed. Raises ``Missing`` without ``distributed``, ``BenchError`` where nobody answers."""
    named = dask_clusters.named(address, options)
    if named.address:
        begin = partial(_connected, address, options)
        return Dask(outlives=True, connection=begin(1), begin=begin)
    dask_clusters.imported()
    return Dask(outlives=False, begin=partial(dask_clusters.started, named))


def _connected(address: str, options: Mapping[str, str], threads: int) -> Connection:
    # A scheduler that was started anew has another address: its file is read each time.
    return dask_clusters.connect(dask_clusters.named(address, options).address)


@dataclass(slots=True, kw_only=True)
class Dask:
    """An engine (``engine.py``). ``begin`` connects to a cluster, or starts one for tasks of so many threads.

    Whatever it asks of ``distributed`` is ``held``: that waits for a thread of its own with locks.

    A worker that dies takes its task with it, and Dask gives that to another worker by itself: here it waits again.
    ``begun`` has the address of the worker at which a task was begun last.
    """

    outlives: bool
    begin: Callable[[int], Connection]
    connection: Connection | None = None
    tasks: dict[str, Any] = field(default_factory=dict)
    over: dict[str, State] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    @ctrl_c.held
    def start(self, commands: Sequence[Sequence[str]], needs: Needs) -> tuple[str, ...]:
        client = self._client(needs.threads)
        batch = f"bench-{secrets.token_hex(6)}"
        handles = tuple(f"{batch}-{number}" for number in range(len(commands)))
        self._listen(batch)
        executor = client.get_executor(pure=False, retries=0, resources=resources(client, needs.device))
        for handle, command in zip(handles, commands, strict=True):
            self._submit(executor, handle, command, needs.alone)
        tasks = {handle: self._future(handle) for handle in handles}
        if self.outlives:
            answered(client.publish_dataset, patience=TAKEN, **tasks)
        self.tasks |= tasks
        return handles

    def _submit(self, executor: Any, handle: str, command: Sequence[str], alone: bool) -> None:
        # What is timed has a host for itself: it comes last, that the others need not wait for it one by one.
        first = 0 if alone else 1
        quiet = not self.outlives
        executor.submit(hold, command, handle, alone=alone, quiet=quiet, key=handle, priority=first)

    @ctrl_c.held
    def look(self, handles: Sequence[str]) -> Mapping[str, State]:
        if self.connection is None:
            return dict.fromkeys(handles, "lost")
        self._connect_again()
        self._find(handle for handle in handles if handle not in self.tasks and handle not in self.over)
        alive = self._workers()
        return {handle: self._state(handle, alive) for handle in handles}

    def _workers(self) -> Container[str]:
        """The addresses of those that are alive."""
        with suppress(Broken):  # it is made anew at the next look
            return dict(answered(self._client(1).nthreads))
        return ()

    def _connect_again(self) -> None:
        """After the connection has broken: to the scheduler that still has the tasks, or to one that knows of none."""
        old = self.connection
        if old is None or old.client.status == "running":
            return
        if not self.outlives:
            raise BenchError("--on dask: the cluster of this machine has ended; go on by --resume")
        self.connection = self.begin(1)
        self.tasks.clear()
        self.asked.clear()
        dask_clusters.close(old)

    def _find(self, handles: Iterable[str]) -> None:
        """Those that another process has submitted."""
        for handle in handles:
            task = answered(self._client(1).get_dataset, handle, default=None)
            if task is None:
                self.over[handle] = "lost"
                continue
            self.tasks[handle] = task
            self._listen(batch_of(handle))

    def _listen(self, batch: str) -> None:
        """Hear which tasks have started, and those that have already."""
        if batch not in self.asked:
            self._client(1).subscribe_topic(batch, self._hear)
            for event in answered(self._client(1).get_events, batch):
                self._hear(event)
            self.asked.add(batch)

    def _hear(self, event: tuple[float, Sequence[str]]) -> None:
        _, (handle, worker) = event
        self.begun[handle] = worker

    def _state(self, handle: str, alive: Container[str]) -> State:
        if handle in self.over:
            return self.over[handle]
        status = self.tasks[handle].status
        if status == "pending":
            return "running" if self.begun.get(handle) in alive else "waiting"
        self._forget([handle], "ended" if status == "finished" else "lost")
        return self.over[handle]

    def _forget(self, handles: Iterable[str], state: State) -> None:
        """Nobody wants them any more: the result of a worker that dies later would be computed once more."""
        for handle in handles:
            if self.tasks.pop(handle, None) is not None and self.outlives:
                answered(self._client(1).unpublish_dataset, handle)
            self.over[handle] = state

    @ctrl_c.held
    def cancel(self, handles: Sequence[str]) -> None:
        if self.connection is None:
            return
        self._find(handle for handle in handles if handle not in self.tasks and handle not in self.over)
        wanted = [handle for handle in handles if handle in self.tasks]
        # By force: that they are published is a second one who wants them.
        answered(self._client(1).cancel, [self.tasks[handle] for handle in wanted], force=True)
        self._forget(wanted, "lost")

    @ctrl_c.held
    def close(self) -> None:
        if self.connection is not None:
            if not self.outlives:
                with suppress(BenchError):  # it ends with its cluster all the same
                    self.cancel(list(self.tasks))
            self.tasks.clear()
            dask_clusters.close(self.connection)
            if not self.outlives:
                STANDBY.end()  # its workers were threads of this very process
            self.connection = None

    def _client(self, threads: int) -> Any:
        if self.connection is None:
            self.connection = self.begin(threads)
        return self.connection.client

    def _future(self, handle: str) -> Any:
        assert self.connection is not None
        return self.connection.future(handle)


def resources(client: Any, device: str) -> dict[str, int] | None:
    """A GPU for what needs one, where workers say which of them have it; elsewhere a node without one refuses."""
    if device != "cuda":
        return None
    workers = client.scheduler_info()["workers"].values()
    return {GPU: 1} if any(GPU in worker.get("resources", {}) for worker in workers) else None
