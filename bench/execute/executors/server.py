"""The near end of a warm process: started with its socket, asked why it died, stopped."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import IO

from bench.errors import BenchError
from bench.execute.executors import strays
from bench.execute.lock import user
from bench.execute.messages import Channel, Order
from bench.execute.observations import signal_name

PROGRAM = """
import sys
sys.path += [place for place in sys.argv[2:] if place not in sys.path]
from bench.execute.executors import strays
strays.die_with_starter()
from bench.execute.executors.forkserver import main
main()
"""
"""What the warm process does. It is started without the working directory on its path, so that a ``random.py`` there is
not taken for the library's; whatever else can be imported here can be imported there, after the libraries."""
LAST_WORDS = 5.0
"""Seconds that a process may take to end after it has closed its socket."""
TOLD = 8_000
"""Bytes of what it printed that are looked at."""


class ServerDied(BenchError):
    """A warm process ended before it had begun an order; ``harmed`` where it was killed by a signal, or had done others
    before, one of which may have taken its files or its memory from it."""

    def __init__(self, why: str, harmed: bool) -> None:
        super().__init__(f"the process that runs the cases died: {why}; see `bench doctor`")
        self.harmed = harmed


@dataclass(slots=True, eq=False)
class Server:
    """A process that forks a child for every order, and the socket it listens to; ``at_work`` from the start of a child
    to its end, and ``used`` once it has done an order. Whatever comes of it carries its ``mark``. It is ``lost`` when
    it has died of itself."""

    process: subprocess.Popen[bytes]
    channel: Channel
    errors: IO[bytes]
    mark: str = ""
    at_work: bool = False
    used: bool = False
    stopped: bool = False
    lost: bool = False

    @classmethod
    def start(cls, threads: int) -> Server:
        """Begin to import torch in a new process; it takes orders at once, and does them when it is ready."""
        ours, theirs = socket.socketpair()
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        mark = strays.new_mark()
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM, str(theirs.fileno()), *map(os.path.abspath, sys.path)],
            pass_fds=[theirs.fileno()],
            env=os.environ | environment(threads) | {strays.MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
        )
        theirs.close()  # while this process held it too, no end of file would tell that the server has died
        return cls(process, Channel(ours), errors, mark)

    def ask(self, order: Order) -> Channel:
        """Send an order. What its child says comes through the channel that is returned, and from nobody else."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self.channel.hand(theirs)
                self.channel.send(order)
        except BaseException:
            ours.close()
            raise
        return Channel(ours)

    def why(self) -> str:
        """The last line that a server printed before it died."""
        if self.stopped:
            return "it was stopped"
        self.errors.seek(max(0, self.errors.seek(0, os.SEEK_END) - TOLD))
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        status = self.process.wait()
        how = signal_name(-status) if status < 0 else f"exit status {status}"
        return lines[-1] if lines and status >= 0 else how

    def died(self) -> ServerDied:
        """Why there is nobody at the other end any more."""
        if not self.stopped:
            self.lost = True
            self._await_end()
        why = self.why()
        return ServerDied(why, harmed=not self.stopped and (self.used or self.process.wait() < 0))

    def _await_end(self) -> None:
        try:
            self.process.wait(LAST_WORDS)
        except subprocess.TimeoutExpired:  # it lives, and hears nothing, as one that a task has halted: as good as dead
            self.process.kill()
            self.process.wait()

    def bury(self, child: int = 0) -> None:
        """After its death: end the child, and all that the two have started."""
        if child:
            strays.kill(child)
        if self.mark:
            strays.end_marked(self.mark)

    def stop(self) -> None:
        """The server kills its child when the socket closes; who is listening to it in another thread is woken. One
        without a child may be importing what nobody will need any more."""
        self.stopped = True
        if not self.at_work:
            self.process.kill()
        with contextlib.suppress(OSError):  # close() alone would leave the other thread asleep in recv()
            self.channel.connection.shutdown(socket.SHUT_RDWR)
        self.channel.close()
        self._await_end()
        self.errors.close()


def environment(threads: int) -> dict[str, str]:
    """Thread counts for the libraries that read them when they load. OpenBLAS starts its threads right then, which
    would not survive a fork: the child raises its number later. And a name for the user: torch's compiler asks for it,
    and dies where there is none."""
    return {
        "USER": user(),
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": "1",
    }
