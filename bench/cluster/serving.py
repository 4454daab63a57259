"""Shard after shard in one process: whoever holds the other end of its stdin, a socket, says which comes next.

A message to it is the number of a shard, and with it goes the file that keeps the host's turn (``turns.py``), which is
closed when the shard is done; the answer is ``DONE``. A process whose shard ends in any other way ends with it, and its
exit status is the answer. Once nobody holds the other end, it ends at once.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread

from bench.cluster.leash import GONE, end_all
from bench.errors import UsageError

STDIN = 0
DONE = b"done"
LONGEST = 64
"""Bytes of a message."""


class Asked:
    """The numbers of the shards that are asked for, as they come, without an end. The next is waited for."""

    def __init__(self, channel: socket.socket, end: Callable[[int], object] = end_all) -> None:
        self._channel, self._end = channel, end
        self._next: SimpleQueue[tuple[int, list[int]]] = SimpleQueue()
        # In a thread, because the end must be heard in the middle of a shard.
        Thread(target=self._listen, name="bench-asked", daemon=True).start()

    def __iter__(self) -> Iterator[int]:
        while True:
            number, turn = self._next.get()
            yield number
            for file in turn:
                os.close(file)
            with suppress(OSError):  # nobody is there any more: this process is about to end
                self._channel.sendall(DONE)

    def _listen(self) -> None:
        with suppress(OSError, ValueError):
            while True:
                message, turn, _, _ = socket.recv_fds(self._channel, LONGEST, 1)
                if not message:
                    break
                self._next.put((int(message), turn))
        self._end(GONE)


def from_stdin() -> Asked:
    """Raises ``UsageError`` where stdin is no socket."""
    if not stat.S_ISSOCK(os.fstat(STDIN).st_mode):
        raise UsageError("--asked: stdin must be a socket, as the worker has it that starts this")
    return Asked(socket.socket(fileno=os.dup(STDIN)))


def ask(channel: socket.socket, number: int, turn: int) -> None:
    """Ask the process at the other end for a shard. Raises ``OSError`` where it has ended."""
    socket.send_fds(channel, [str(number).encode()], [turn])
