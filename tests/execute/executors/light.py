"""A fork server that starts in a tenth of a second: it imports no torch, and its children know no exercises.

The ``module`` of an order is the code that its child runs; ``channel`` and ``order`` are there for it. Everything else
is the real one's: forks, sockets, signals, groups.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import psutil

from bench.execute.executors import forkserver, preload, strays
from bench.execute.executors.server import Server
from bench.execute.messages import Channel, Message, Order, Started

LIBRARY = "wave"
"""Stands for one that takes long to import."""


LATE = "LIGHT_LATE"
"""A pipe with a name that the server reads to its end before it tells that a child has started."""


def start(threads: int = 1, late: str = "") -> Server:
    """As ``Server.start``, for which it may be put in place."""
    ours, theirs = socket.socketpair()
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [sys.executable, __file__, str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        env=os.environ | {"PYTHONUNBUFFERED": "", strays.MARK: mark, LATE: late},
        stdout=errors,
        stderr=errors,
    )
    theirs.close()
    return Server(process, Channel(ours), errors, mark)


def order(code: str) -> Order:
    return Order(kind="describe", module=code)


def gone(pid: int) -> bool:
    """Whether a process that was sent SIGKILL has ended; it is a zombie until its new parent reaps it."""
    for _ in range(100_000):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
    return False


def perform(order: Order, channel: Channel) -> None:
    """Run the code, and hand over what it calls ``answer``, if there is any."""
    me, names = os.getpid(), {"channel": channel, "order": order}
    exec(order.module, names)
    if answer := names.get("answer"):
        forkserver._hand_over(answer, channel, me)  # type: ignore[arg-type]


class LateChannel(Channel):
    """Tells of a child when the test says so, by the end of what it writes."""

    def send(self, message: Message) -> None:
        if isinstance(message, Started):
            Path(os.environ[LATE]).read_bytes()
        super().send(message)


if __name__ == "__main__":
    if os.environ[LATE]:
        forkserver.Channel = LateChannel  # type: ignore[misc]
    forkserver._answer = perform
    preload.LIBRARIES = (LIBRARY,)
    forkserver._preload = lambda: None
    forkserver.main()
