"""Processes that have done a shard and stand by for the next of the same run.

Most of what a shard costs is the start of its process: the interpreter, torch, the exercises, and what torch's
optimisers import at their first step. A plain run pays that once, and so does a worker that keeps its process.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Timer

from bench.cluster import serving
from bench.cluster.leashed import see_end, started
from bench.cluster.turns import Unwanted

PAUSE = 0.5
"""Seconds between two looks whether a shard is wanted still."""
IDLE = 5.0
"""Seconds that a process stands by: where a run has shards left, the next comes at once."""

Key = tuple[object, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Held:
    """A process that serves (``serving.py``), and our end of its stdin."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    limit: Timer | None = None

    @classmethod
    def start(cls, command: Sequence[str], env: Mapping[str, str], *, quiet: bool) -> Held:
        """Raises ``OSError`` where it cannot start."""
        ours, its = socket.socketpair()
        with its:
            try:
                return cls(process=started(command, env, its.fileno(), quiet=quiet), channel=ours)
            except OSError:
                ours.close()
                raise

    def do(self, number: int, turn: int, wanted: Callable[[], bool]) -> bool:
        """Whether a shard was done, or else the process has ended. Raises ``Unwanted`` once nobody wants it."""
        self.channel.settimeout(PAUSE)
        try:
            serving.ask(self.channel, number, turn)
            while wanted():
                with suppress(TimeoutError):
                    return self.channel.recv(serving.LONGEST) == serving.DONE
        except ConnectionError:
            return False
        raise Unwanted

    def let_go(self) -> int:
        """See that it ends; its exit status."""
        self.channel.close()
        return see_end(self.process)


@dataclass(slots=True)
class Standby:
    """Those of one worker, which several of its threads may ask: by what they were started with, the last one first."""

    free: dict[Key, list[Held]] = field(default_factory=dict)
    guard: Lock = field(default_factory=Lock)

    def do(
        self,
        command: Sequence[str],
        number: int,
        env: Mapping[str, str],
        *,
        turn: int,
        quiet: bool,
        wanted: Callable[[], bool],
    ) -> int:
        """Have a shard done by a process that stands by, or by a new one: 0, or the status with which that has ended.

        Raises ``Unwanted`` once nobody wants it, ``OSError`` where no process can start.
        """
        key = (*command, quiet, *sorted(env.items()))
        held = self._take(key) or Held.start(command, env, quiet=quiet)
        try:
            done = held.do(number, turn, wanted)
        except BaseException:
            held.let_go()
            raise
        if not done:
            return held.let_go()
        self._keep(key, held)
        return 0

    def end(self) -> None:
        """Let go of all that stand by."""
        with self.guard:
            every = [held for some in self.free.values() for held in some]
            self.free.clear()
        for held in every:
            held.let_go()

    def _take(self, key: Key) -> Held | None:
        """One that is alive: what died while it stood by is no attempt at a shard."""
        while True:
            with self.guard:
                some = self.free.get(key)
                held = some.pop() if some else None
            if held is None:
                return None
            if held.limit is not None:
                held.limit.cancel()
            if held.process.poll() is None:
                return held
            held.let_go()

    def _keep(self, key: Key, held: Held) -> None:
        held.limit = Timer(IDLE, self._end_if_free, [key, held])
        held.limit.daemon = True
        with self.guard:
            self.free.setdefault(key, []).append(held)
            held.limit.start()

    def _end_if_free(self, key: Key, held: Held) -> None:
        with self.guard:
            some = self.free.get(key, [])
            idle = held in some
            if idle:
                some.remove(held)
        if idle:
            held.let_go()


STANDBY = Standby()
"""Of this process."""
