"""The executor of this machine: forking warm processes, as many as there are slots."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from threading import Lock
from types import TracebackType

from bench.errors import BenchError
from bench.execute.executors.base import Listener, ignore
from bench.execute.executors.server import Server
from bench.execute.lock import locked
from bench.execute.messages import Ended, Message, Order, Probe, Progress, Reply, Started
from bench.measure import clock
from bench.measure.memory import oom_kills


class LocalExecutor:
    """Child processes with ``threads`` threads each, ``slots`` at a time; a context that leaves none behind.

    ``who`` is what another run is told that waits for a device of this one; ``say`` is told whom this one waits for.
    """

    def __init__(
        self, *, threads: int = 1, slots: int = 1, who: str = "another run", say: Callable[[str], None] = print
    ) -> None:
        self.threads = threads
        self._slots = slots
        self._who, self._say = who, say
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="bench-executor")
        self._servers: list[Server] = []
        self._free: list[Server] = []
        self._guard = Lock()
        self._closed = False
        self._held = ExitStack()
        self._devices: tuple[str, ...] = ()
        self._gpu = ""

    def submit(self, order: Order, *, timeout: float | None = None, listen: Listener = ignore) -> Future[Reply]:
        """Waits here, and not in the future, while another run holds a device."""
        if self._closed:
            raise BenchError("this executor is closed")
        if order.devices and not self._devices:
            # Held until this is closed: nobody else shall compute there between two tasks of one run.
            self._held.enter_context(locked(order.devices, self._who, self._say, self._gpu))
            self._devices = order.devices
        return self._pool.submit(self._do, order, timeout, listen)

    def warm(self) -> None:
        """Begin to import torch now, if that was not begun: the first order will want it."""
        with self._guard:
            if not self._servers and not self._closed:
                self._free.append(self._started())

    def slots(self) -> int:
        return self._slots

    def close(self) -> None:
        with self._guard:
            self._closed = True
            # Before the pool, which waits for threads that listen to them.
            for server in self._servers:
                server.stop()
        self._pool.shutdown(cancel_futures=True)
        self._held.close()

    def __enter__(self) -> LocalExecutor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _do(self, order: Order, timeout: float | None, listen: Listener) -> Reply:
        server = self._take()
        kills = oom_kills()  # the kernel names no victim: who dies of SIGKILL while the count rises is taken for it
        try:
            reply = Conversation(server=server, timeout=timeout, listen=listen).hold(order)
        finally:
            with self._guard:
                self._free.append(server)  # a dead one, too: the next order on it fails with the same reason
        if isinstance(reply.answer, Probe):
            # A run begins with this question: only a child may ask CUDA, and so which GPU this is is known from here.
            self._gpu = reply.answer.facts.get("gpu_id", "")
        return replace(reply, starved=oom_kills() > kills, folder=order.folder)

    def _take(self) -> Server:
        """The oldest free warm process, or a new one. The oldest has done the most: it holds what the others still have
        to import, and what is timed alone always finds it."""
        with self._guard:
            if self._closed:
                raise BenchError("this executor is closed")
            if self._free:
                server = min(self._free, key=self._servers.index)
                self._free.remove(server)
                return server
            return self._started()

    def _started(self) -> Server:
        self._servers.append(Server.start(self.threads))
        return self._servers[-1]


@dataclass(slots=True, kw_only=True)
class Conversation:
    """One order and everything that is said until its child has ended."""

    server: Server
    timeout: float | None
    listen: Listener
    pid: int = 0
    deadline: float | None = None
    answer: Message | None = None
    ended: Ended | None = None
    variant: str = ""
    timed_out: bool = False

    def hold(self, order: Order) -> Reply:
        self.server.at_work = True
        try:
            self.server.channel.send(order)
            while self.ended is None:
                self.hear()
        except (EOFError, OSError) as error:
            raise BenchError(
                f"the process that runs the cases died: {self.server.why()}; see `bench doctor`"
            ) from error
        self.server.at_work = False
        return Reply(ended=self.ended, answer=self.answer, variant=self.variant, timed_out=self.timed_out)

    def hear(self) -> None:
        # Never 0, with which a socket does not time out but refuses to wait.
        left = None if self.deadline is None else max(0.001, self.deadline - clock.now())
        try:
            for message in self.server.channel.receive(left):
                self.note(message)
        except TimeoutError:
            # No second deadline: after the kill there is only the word of the child's end to wait for.
            self.timed_out, self.deadline = True, None
            # The whole group: what the child has started goes with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def note(self, message: Message) -> None:
        match message:
            case Started():
                self.pid = message.pid
                self.deadline = None if self.timeout is None else clock.now() + self.timeout
            case Progress():
                # A step of a bar names no variant: the last one that was named is blamed if the child dies.
                self.variant = message.variant or self.variant
                self.listen(message)
            case Ended():
                self.ended = message
            case _:
                self.answer = message
