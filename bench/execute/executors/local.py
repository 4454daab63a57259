"""The executor of this machine: forking warm processes, as many as there are slots."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from threading import Lock
from types import TracebackType

from bench import ctrl_c
from bench.errors import BenchError
from bench.execute import concealing
from bench.execute.executors.base import Listener, ignore
from bench.execute.executors.conversation import Conversation
from bench.execute.executors.server import Server, ServerDied
from bench.execute.lock import locked
from bench.execute.messages import Ended, Order, Probe, Reply
from bench.measure.memory import oom_kills

ATTEMPTS = 3
"""How many warm processes an order is given to: one that dies each time is not killed by chance."""


class LocalExecutor:
    """Child processes with ``threads`` threads each, ``slots`` at a time; a context that leaves none behind.

    ``who`` is what another run is told that waits for a device of this one; ``say`` is told whom this one waits for;
    ``secrets`` are handed to tasks, and taken out of what comes back.
    """

    def __init__(
        self,
        *,
        threads: int = 1,
        slots: int = 1,
        who: str = "another run",
        say: Callable[[str], None] = print,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        self.threads = threads
        self._slots = slots
        self._who, self._say = who, say
        self._secrets = dict(secrets or {})
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
            # Held until the run is over: nobody else shall compute there between two of its tasks.
            self._held.enter_context(locked(order.devices, self._who, self._say, self._gpu))
            self._devices = order.devices
        with ctrl_c.held:
            return self._pool.submit(self._do, order, timeout, listen)

    def warm(self) -> None:
        """Begin to import torch now, if that was not begun: the first order will want it."""
        with ctrl_c.held, self._guard:
            if not self._servers and not self._closed:
                self._free.append(self._started())

    def slots(self) -> int:
        return self._slots

    def release(self) -> None:
        self._held.close()
        self._devices = ()

    def close(self) -> None:
        with ctrl_c.held:
            with self._guard:
                self._closed = True
                # Before the pool, which waits for threads that listen to them.
                for server in self._servers:
                    server.stop()
            self._pool.shutdown(cancel_futures=True)
            self.release()

    def __enter__(self) -> LocalExecutor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _do(self, order: Order, timeout: float | None, listen: Listener) -> Reply:
        kills = oom_kills()  # the kernel names no victim: who dies of SIGKILL while the count rises is taken for it
        if order.task:
            order = replace(order, secrets=self._secrets)
        reply = concealing.concealed(self._answered(order, timeout, self._told(listen)), self._secrets)
        if order.kind == "probe" and isinstance(reply.answer, Probe):
            # A run begins with this question: only a child may ask CUDA, and so which GPU this is is known from here.
            self._gpu = reply.answer.facts.get("gpu_id", "")
        return replace(reply, starved=oom_kills() > kills, folder=order.folder)

    def _told(self, listen: Listener) -> Listener:
        return (lambda progress: listen(concealing.told(progress, self._secrets))) if self._secrets else listen

    def _answered(self, order: Order, timeout: float | None, listen: Listener) -> Reply:
        """A warm process that others have harmed before it began is not the order's doing: it goes to a new one. Raises
        ``ServerDied``, but not for a task: the others of its run are done all the same."""
        left = ATTEMPTS
        while True:
            left -= 1
            try:
                return self._tried(order, timeout, listen)
            except ServerDied as error:
                if left and error.harmed:
                    continue
                if order.task is None or self._closed:
                    raise
                return Reply(ended=Ended(os.EX_SOFTWARE), cause=str(error))

    def _tried(self, order: Order, timeout: float | None, listen: Listener) -> Reply:
        server = self._take()
        try:
            return Conversation(server=server, timeout=timeout, listen=listen, order=order).hold()
        finally:
            self._give_back(server)

    def _give_back(self, server: Server) -> None:
        """One that has died is let go: the next order starts another."""
        with self._guard:
            if self._closed or not server.lost:
                self._free.append(server)
                return
            self._servers.remove(server)
        server.stop()

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
