"""A guest's process begins: forked before its host has computed anything, it keeps no file of it open but the line, two
files without names for tensors and one for what it prints, and is killed with it."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import replace

from bench.execute.guests import shared
from bench.execute.guests.inside import Inside, live
from bench.execute.guests.line import Line
from bench.execute.guests.process import GuestProcess
from bench.execute.messages import Order
from bench.measure.disturbance import Waiting, waiting_of
from bench.measure.memory import oom_kills
from bench.model import Guest, Task


def start(guest: Guest, order: Order, task: Task, patience: float | None) -> GuestProcess:
    """Fork it. Nothing is left open where that fails."""
    with ExitStack() as stack:
        ours, theirs = socket.socketpair()
        stack.callback(ours.close)
        # Closed here at the end: held by this process too, it would keep the line open when the guest has died.
        with theirs:
            inbox, outbox, output = (_file(stack) for _ in range(3))
            scratch = tempfile.mkdtemp(prefix="bench-guest-")
            stack.callback(shutil.rmtree, scratch, ignore_errors=True)
            kills, pid = oom_kills(), os.fork()
            if not pid:
                order = replace(order, folder=scratch)
                live(
                    Inside(order=order, task=task, guest=guest, line=Line(theirs), inbox=inbox, outbox=outbox),
                    output,
                    keep=(theirs.fileno(), inbox, outbox),
                )
        return GuestProcess(
            guest=guest,
            pid=pid,
            line=Line(ours),
            inbox=inbox,
            outbox=outbox,
            output=output,
            patience=patience,
            waiting=stack.enter_context(waiting_of(pid)),
            own=stack.enter_context(Waiting()),
            kills=kills,
            # Nothing has failed: what was opened here is closed with the guest.
            closing=stack.pop_all(),
        )


def _file(stack: ExitStack) -> int:
    file = shared.new_file()
    stack.callback(os.close, file)
    return file
