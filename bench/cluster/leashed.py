"""The holder's end of a leash: commands that end once their stdin is closed."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

PATIENCE = 10.0
"""Seconds that a command has for its end, once its stdin is closed."""


def started(
    command: Sequence[str], env: Mapping[str, str], stdin: int, *, quiet: bool, turn: int | None = None
) -> subprocess.Popen[bytes]:
    """``quiet`` throws away what it says; otherwise that goes where this process's own words go. ``turn`` is a file
    that it keeps open. Raises ``OSError`` where it cannot start."""
    # A session of its own: Ctrl-C at a terminal is for whoever watches, and ends the command by way of its stdin.
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.DEVNULL if quiet else None,
        pass_fds=() if turn is None else (turn,),
        start_new_session=True,
        env=env,
    )


def see_end(child: subprocess.Popen[bytes]) -> int:
    """Of a command whose stdin is closed; its exit status. One that takes too long is killed, and what it started."""
    try:
        return child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        return child.wait()
