"""What a Dask worker does for a shard: it starts the command, and holds the other end of its stdin.

A worker that is killed lets go of it, and the command ends by itself (``bench work --leash``).
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from bench.cluster.turns import Unwanted, turn

PAUSE = 0.5
"""Seconds between two looks whether the task is wanted still."""
PATIENCE = 10.0
"""Seconds that a command has for its end, once its stdin is closed."""


def hold(command: Sequence[str], handle: str, *, alone: bool, quiet: bool) -> int:
    """Run a command in a thread of a Dask worker, as its task ``handle``; the exit status of the command.

    ``quiet`` throws away what it says; otherwise that goes where the worker's own log goes.
    """
    from distributed import get_worker

    worker = get_worker()
    wanted = partial(is_wanted, worker, handle)
    with turn(alone=alone, wanted=wanted) as lock:
        worker.log_event(batch_of(handle), (handle, worker.address))
        return run(command, surroundings(os.environ, preset()), lock=lock, quiet=quiet, wanted=wanted)


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
    # A session of its own: Ctrl-C at a terminal is for whoever watches, and ends the command by way of its stdin.
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.DEVNULL if quiet else None,
        pass_fds=[lock],
        start_new_session=True,
        env=env,
    )
    try:
        while wanted():
            with suppress(subprocess.TimeoutExpired):
                return child.wait(PAUSE)
        raise Unwanted
    finally:
        let_go(child)


def let_go(child: subprocess.Popen[bytes]) -> None:
    """Close its stdin, and see that it ends."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
