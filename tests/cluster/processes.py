"""An engine of plain processes on this machine, as docs/cluster.md shows it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from bench.cluster.engine import State
from bench.cluster.shards import Needs


class Processes:
    """Starts every command at once; a handle is a process's number."""

    outlives = True

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, commands: Sequence[Sequence[str]], needs: Needs) -> tuple[str, ...]:
        started = [subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) for command in commands]
        self.children |= {str(child.pid): child for child in started}
        return tuple(str(child.pid) for child in started)

    def look(self, handles: Sequence[str]) -> Mapping[str, State]:
        return {handle: self.state(handle) for handle in handles}

    def state(self, handle: str) -> State:
        child = self.children.get(handle)
        if child is None:
            return "lost"
        return "running" if child.poll() is None else "ended"

    def cancel(self, handles: Sequence[str]) -> None:
        for handle in handles:
            with suppress(ProcessLookupError):
                os.kill(int(handle), signal.SIGTERM)

    def close(self) -> None:
        pass


def make(address: str, options: Mapping[str, str]) -> Processes:
    return Processes()
