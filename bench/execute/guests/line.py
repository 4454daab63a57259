"""Short messages between a host and its guest: one JSON object a line. What a guest says is not believed, only read."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any

from bench.measure import clock

Message = dict[str, Any]
MOST = 1 << 20
"""Bytes of a message: a longer one is none."""


@dataclass(slots=True, eq=False)
class Line:
    """One end of the connection."""

    connection: socket.socket
    rest: bytes = b""

    def send(self, message: Message) -> None:
        self.connection.sendall(json.dumps(message).encode() + b"\n")

    def receive(self, seconds: float | None = None) -> Message:
        """The next message. Raises ``TimeoutError`` (what had come by then is kept for the next time), ``EOFError`` at
        the end, and ``ValueError`` for what is none."""
        # For all of it: one byte now and then must not keep the other side waiting for ever.
        deadline = None if seconds is None else clock.now() + seconds
        while b"\n" not in self.rest:
            if len(self.rest) > MOST:
                raise ValueError("a message without end")
            self.connection.settimeout(None if deadline is None else remaining(deadline))
            data = self.connection.recv(MOST)
            if not data:
                raise EOFError
            self.rest += data
        text, _, self.rest = self.rest.partition(b"\n")
        return parsed(text)

    def close(self) -> None:
        self.connection.close()


def remaining(deadline: float) -> float:
    """Seconds until then. Raises ``TimeoutError`` where none is left."""
    seconds = deadline - clock.now()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def parsed(text: bytes) -> Message:
    try:
        message = json.loads(text)
    except RecursionError:
        raise ValueError("a message that is nested too deeply") from None
    if not isinstance(message, dict):
        raise ValueError("a message that is no object")
    return message


def plain(text: str, most: int) -> str:
    """A text of the other side's as it can be kept: not longer than that, and without what UTF-8 does not have."""
    return text[:most].encode(errors="replace").decode()
