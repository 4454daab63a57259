"""Short messages between a host and its guest: one JSON object a line. What a guest says is not believed, only read."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any

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
        """The next message. Raises ``TimeoutError``, ``EOFError`` at the end, and ``ValueError`` for what is none."""
        self.connection.settimeout(seconds)
        while b"\n" not in self.rest:
            data = self.connection.recv(MOST)
            if not data:
                raise EOFError
            self.rest += data
            if len(self.rest) > MOST:
                raise ValueError("a message without end")
        text, _, self.rest = self.rest.partition(b"\n")
        message = json.loads(text)
        if not isinstance(message, dict):
            raise ValueError("a message that is no object")
        return message

    def close(self) -> None:
        self.connection.close()
