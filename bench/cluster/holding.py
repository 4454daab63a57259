"""What a Dask worker does for a shard: it starts the command, and holds the other end of its stdin.

A worker that is killed lets go of it, and the command ends by itself (``bench work --leash``). Shards are done by a
process that does one after another (``bench work --asked``), as a plain run is by one.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from bench.cluster import commands
from bench.cluster.leashed import see_end, started
from bench.cluster.standby import PAUSE, STANDBY
from bench.cluster.turns import Unwanted, turn


def hold(command: Sequence[str], handle: str, *, alone: bool, quiet: bool) -> int:
    """Run a command in a thread of a Dask worker, as its task ``handle``; the exit status of the command.

    ``quiet`` throws away what it says; otherwise that goes where the worker's own log goes.
    """
    from distributed import get_worker

    worker = get_worker()
    wanted = partial(is_wanted, worker, handle)
    with turn(alone=alone, wanted=wanted) as lock:
        worker.log_event(batch_of(handle), (handle, worker.address))
        env = surroundings(os.environ, preset())
        if shard := commands.numbered(command):
            asked = [*shard.command, "--asked", "--slots", "1"]  # others are beside it, or it is to be alone
            return STANDBY.do(asked, shard.number, env, turn=lock, quiet=quiet, wanted=wanted)
        return run([*command, "--leash"], env, lock=lock, quiet=quiet, wanted=wanted)


def batch_of(handle: str) -> str:
    """The name of what was submitted in one go: a handle is that name, and a number."""
    return handle.rpartition("-")[0]


def is_wanted(worker: Any, handle: str) -> bool:
    """Whether the worker goes on, and the task was not cancelled: Dask interrupts no thread, it only notes that."""
    if worker.status.name not in ("running", "paused"):
        return False
    task = worker.state.tasks.get(handle)
    return task is not None and task.state not in ("cancelled", "released", "forgotten")


def preset() -> Mapping[str, object]:
    """The variables that Dask sets for its workers."""
    import dask

    found: Mapping[str, object] = dask.config.get("distributed.nanny.pre-spawn-environ", {})
    return found


def surroundings(inherited: Mapping[str, str], preset: Mapping[str, object]) -> dict[str, str]:
    """Without what Dask has preset: another allocator's threshold would be in the times, and in no plain run's."""
    return {name: value for name, value in inherited.items() if str(preset.get(name)) != value}


def run(command: Sequence[str], env: Mapping[str, str], *, lock: int, quiet: bool, wanted: Callable[[], bool]) -> int:
    """Until it has ended by itself, or nobody wants it. Raises ``Unwanted`` then, ``OSError`` where it cannot start."""
    child = started(command, env, subprocess.PIPE, quiet=quiet, turn=lock)
    try:
        while wanted():
            with suppress(subprocess.TimeoutExpired):
                return child.wait(PAUSE)
        raise Unwanted
    finally:
        if child.stdin is not None:
            child.stdin.close()
        see_end(child)
