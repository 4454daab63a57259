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

from bench.execute.lock import user
from bench.execute.messages import Channel

PROGRAM = """
import sys
sys.path += [place for place in sys.argv[2:] if place not in sys.path]
from bench.execute.executors.forkserver import main
main()
"""
"""What the warm process does. It is started without the working directory on its path, so that a ``random.py`` there is
not taken for the library's; whatever else can be imported here can be imported there, after the libraries."""


@dataclass(slots=True, eq=False)
class Server:
    """A process that forks a child for every order, and the socket it listens to; ``at_work`` from an order to the end
    of its child."""

    process: subprocess.Popen[bytes]
    channel: Channel
    errors: IO[bytes]
    at_work: bool = False

    @classmethod
    def start(cls, threads: int) -> Server:
        """Begin to import torch in a new process; it takes orders at once, and does them when it is ready."""
        ours, theirs = socket.socketpair()
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM, str(theirs.fileno()), *map(os.path.abspath, sys.path)],
            pass_fds=[theirs.fileno()],
            env=os.environ | environment(threads),
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
        )
        theirs.close()  # while this process held it too, no end of file would tell that the server has died
        return cls(process, Channel(ours), errors)

    def why(self) -> str:
        """The last line that a server printed before it died."""
        if self.errors.closed:
            return "it was stopped"
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self.process.wait()}"

    def stop(self) -> None:
        """The server kills its child when the socket closes; who is listening to it in another thread is woken. One
        without a child may be importing what nobody will need any more."""
        if not self.at_work:
            self.process.kill()
        with contextlib.suppress(OSError):  # close() alone would leave the other thread asleep in recv()
            self.channel.connection.shutdown(socket.SHUT_RDWR)
        self.channel.connection.close()
        self.process.wait()
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
