"""The warm process: it imports torch once, runs no thread, and does every order in a fork of itself.

``server.py`` starts it, with the number of the socket that orders come from. With every order comes a connection for
its child alone: what a child says there can harm nobody else's task, and it has no part in what is said here. A process
that has used CUDA cannot be forked, so this one never asks about a GPU: each child starts CUDA for itself.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import IO

from bench import plugins
from bench.errors import BenchError
from bench.execute.child import answers, checks, replies, survey, tasks
from bench.execute.executors import guard, preload, strays
from bench.execute.messages import Channel, Ended, Message, Order, Started
from bench.execute.outcomes import outcome_of

ANSWERS: dict[str, Callable[[Order, Channel], Message]] = {
    "probe": answers.probe,
    "describe": answers.describe,
    "survey": survey.answer,
    "check": checks.check,
    "noise": answers.noise,
    "peak": answers.peak,
    "task": tasks.perform,
    "fit": tasks.perform,
}
"""Who answers which kind of order, in the child."""
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks a process to end."""
OUTPUT = 8_000
"""How many bytes of what a child printed are kept."""


def main() -> None:
    for number in ENDING:  # Ctrl-C, and what comes to the whole group, is the main process's to handle
        signal.signal(number, signal.SIG_IGN)
    settled = guard.guarded()  # now, while this process is small and has one thread
    strays.adopt()
    _preload()
    strays.live_on()  # from here on it hears when the main process dies, and has to end what its child has started
    try:
        with contextlib.suppress(EOFError, ConnectionError):
            Server(Channel(socket.socket(fileno=int(sys.argv[1])))).serve()
    finally:
        # Its last order may have come from one who was dead by then: nobody was told of that child, and none waits.
        settled[0] = strays.end()
    os._exit(os.EX_OK)  # to take an interpreter with torch apart takes seconds where others are at work


def _preload() -> None:
    """Import what nearly every order needs. Nothing is computed: a thread would not survive the fork."""
    import torch

    torch.set_num_threads(1)
    plugins.plugin_entries()
    preload.adopt(preload.KIT)


class Server:
    """Attends to one order at a time, and to the main process going away meanwhile."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        # A signal alone ends no select(): Python resumes it. So the end of a child writes into this pipe, which wait()
        # listens to as well. For that, SIGCHLD needs a handler: without one Python never hears of it.
        self.awake, self.wake = os.pipe()
        for end in (self.awake, self.wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self.wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        while True:
            for message in self.channel.receive():
                if isinstance(message, Order):
                    self.attend(message)

    def attend(self, order: Order) -> None:
        if order.kind == "task" and order.profile != "smoke":  # the others mostly do without
            preload.adopt([preload.OPTIMISERS])
        part = f"{order.module} {order.task.case.part}" if order.task else ""
        preload.adopt(preload.recall(part))
        line = Channel(self.channel.handed())
        with contextlib.closing(line), tempfile.TemporaryFile() as output, preload.Will() as will:
            told, tell = os.pipe()
            me, pid = os.getpid(), os.fork()
            if not pid:
                strays.die_with(me)  # or it would compute on for nobody
                self.leave()
                os.close(tell)
                # What halts this process before its start is told would have no deadline.
                os.read(told, 1)
                os.close(told)
                _child(order, line, output, will)
            line.connection.close()  # the child's alone
            os.close(told)
            self.channel.send(Started(pid))
            os.close(tell)
            status = self.wait(pid)
            self.channel.send(Ended(status, _tail(output), line.marked(), line.left()))
            needed = will.read()
            preload.adopt(needed)  # after the reply, so that nobody waits for these imports
            if part:
                preload.remember(part, needed)

    def leave(self) -> None:
        """In the child: nothing here is its own, neither to speak nor to listen to."""
        signal.set_wakeup_fd(-1)
        self.channel.close()
        for end in (self.awake, self.wake):
            os.close(end)

    def wait(self, pid: int) -> int:
        """The child's exit status. All that it left running is killed."""
        connection: socket.socket | int = self.channel.connection
        while True:
            readable, _, _ = select.select([connection, self.awake], [], [])
            if self.awake in readable:
                os.read(self.awake, 1024)
            status = strays.reaped(pid)  # the pipe may have been written to for another child
            if status is not None:
                _kill(pid)  # it would compute beside the next measurement
                return os.waitstatus_to_exitcode(status)
            if connection in readable:  # nothing is due before the child ends: the main process has died
                _kill(pid)
                raise EOFError


def _kill(group: int) -> None:
    """The group at once, as it outlives its leader; then whoever has left it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    strays.end()


def _tail(output: IO[bytes]) -> str:
    output.seek(max(0, output.seek(0, os.SEEK_END) - OUTPUT))
    return output.read().decode(errors="replace")


def _child(order: Order, channel: Channel, output: IO[bytes], will: preload.Will) -> None:
    """Never returns: the fork must not run its parent's clean-up."""
    code = os.EX_SOFTWARE
    try:
        os.setsid()  # a group that can be killed whole, and that Ctrl-C in the terminal does not reach
        _detach(output)
        _answer(order, channel)
        will.write()
        code = 0
    except BaseException as error:
        with contextlib.suppress(Exception):
            channel.leave(outcome_of(error)[1])
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(code)


def _answer(order: Order, channel: Channel) -> None:
    me = os.getpid()
    _settle(order.threads)
    _hand_over(replies.sendable(order, ANSWERS[order.kind](order, channel)), channel, me)


def _hand_over(answer: Message, channel: Channel, me: int) -> None:
    if os.getpid() != me:  # a fork that the task has made, and that went on like the task itself
        os._exit(os.EX_OK)
    try:
        channel.send(answer)
    except OSError as error:
        raise BenchError(f"the connection for it was closed meanwhile ({error.strerror or error})") from error


def _settle(threads: int) -> None:
    """The state in which every order begins: so many threads, and float32 that is float32 on a GPU too."""
    import torch

    torch.set_num_threads(threads)
    if threads > 1:  # OpenBLAS was loaded with one thread, before the fork
        from threadpoolctl import threadpool_limits

        threadpool_limits(threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


def _detach(output: IO[bytes]) -> None:
    for number in (signal.SIGCHLD, *ENDING):
        signal.signal(number, signal.SIG_DFL)
    silence = os.open(os.devnull, os.O_RDONLY)
    os.dup2(silence, 0)
    for stream in (1, 2):
        os.dup2(output.fileno(), stream)
    faulthandler.enable()
