"""The main process's side of the child processes: give an order, listen, stop what takes too long."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import IO

from bench.errors import BenchError
from bench.execute.messages import Channel, Ended, Message, Order, Progress, Started
from bench.measure import clock

Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an order: an answer, unless the child died or ran out of time before it gave one.

    ``variant`` is the one it worked on last.
    """

    ended: Ended
    answer: Message | None = None
    variant: str = ""
    timed_out: bool = False


@dataclass(slots=True)
class Server:
    """A process that forks a child for every order, and the socket it listens to."""

    process: subprocess.Popen[bytes]
    channel: Channel
    errors: IO[bytes]

    @classmethod
    def start(cls, threads: int) -> Server:
        ours, theirs = socket.socketpair()
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.execute.executors.forkserver", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=os.environ | environment(threads),
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
        )
        theirs.close()
        return cls(process, Channel(ours), errors)

    def why(self) -> str:
        """The last line that a server printed before it died."""
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self.process.wait()}"

    def stop(self) -> None:
        """The server kills its child when the socket closes; who is listening to it in another thread is woken."""
        with contextlib.suppress(OSError):
            self.channel.connection.shutdown(socket.SHUT_RDWR)
        self.channel.connection.close()
        self.process.wait()
        self.errors.close()


def environment(threads: int) -> dict[str, str]:
    """Thread counts for the libraries that read them when they load. OpenBLAS starts its threads right then, which
    would not survive a fork: the child raises its number later."""
    return {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": "1"}


class Workers:
    """Child processes with ``threads`` threads each; a context that leaves none behind."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._warm: Server | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End the warm process, and the child it may have."""
        if self._warm:
            self._warm.stop()
            self._warm = None

    def do(self, order: Order, *, timeout: float | None = None, listen: Listener) -> Reply:
        """Have an order done in a fork of the warm process.

        ``timeout`` in seconds counts from the child's start; the whole process group is killed when it is over.
        """
        if self._warm is None:
            self._warm = Server.start(self.threads)
        return Conversation(server=self._warm, timeout=timeout, listen=listen).hold(order)


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
        try:
            self.server.channel.send(order)
            while self.ended is None:
                self.hear()
        except (EOFError, ConnectionError) as error:
            raise BenchError(
                f"the process that runs the cases died: {self.server.why()}; see `bench doctor`"
            ) from error
        return Reply(self.ended, self.answer, self.variant, self.timed_out)

    def hear(self) -> None:
        left = None if self.deadline is None else max(0.001, self.deadline - clock.now())
        try:
            for message in self.server.channel.receive(left):
                self.note(message)
        except TimeoutError:
            self.timed_out, self.deadline = True, None
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def note(self, message: Message) -> None:
        match message:
            case Started():
                self.pid = message.pid
                self.deadline = None if self.timeout is None else clock.now() + self.timeout
            case Progress():
                self.variant = message.variant or self.variant
                self.listen(message)
            case Ended():
                self.ended = message
            case _:
                self.answer = message
