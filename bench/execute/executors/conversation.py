"""One order, from its sending to the word of its child's end: whom to believe, and what to do with who says nothing.

Of the child's start and end the warm process alone speaks, over a socket that no child has. The child speaks over one
of its own, and there it may say what it likes: it counts as far as it is about its own task.
"""

from __future__ import annotations

import select
import signal
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from bench.execute.executors import strays
from bench.execute.executors.base import Listener
from bench.execute.executors.server import Server
from bench.execute.messages import MOST, Channel, Ended, Endless, Message, Order, Progress, Reply, Started
from bench.execute.outcomes import KILLED
from bench.measure import clock
from bench.model import Observation

GRACE = 30.0
"""Seconds in which the end of a child that was killed has to be told: it may have a GPU or much memory to give back."""
LABEL = 200
"""Characters of a label that is shown."""
READS = 1000
"""How often what a child has left is read: more than any buffer holds, and not for ever."""


def endless() -> str:
    return f"it wrote more than {MOST >> 20} MiB without an end to where its answer is awaited"


@dataclass(slots=True, kw_only=True)
class Conversation:
    """An order, and everything that is said until its child has ended."""

    order: Order
    server: Server
    timeout: float | None
    listen: Listener
    line: Channel | None = None
    pid: int = 0
    deadline: float | None = None
    answer: Message | None = None
    ended: Ended | None = None
    variant: str = ""
    timed_out: bool = False
    cause: str = ""

    def hold(self) -> Reply:
        """Raises ``ServerDied`` where the warm process ended before the order was begun, or was stopped."""
        try:
            with closing(self.server.ask(self.order)) as self.line:
                while self.ended is None:
                    self.hear()
                self.hear_rest()
        except (EOFError, OSError, ValueError) as error:  # the last where it was closed by another thread
            died = self.server.died()
            if self.server.stopped:
                raise died from error
            self.server.bury(self.pid)
            if not self.pid:
                raise died from error
            return self.killed()
        self.server.at_work, self.server.used = False, True
        return self.reply(self.ended)

    def reply(self, ended: Ended) -> Reply:
        return Reply(
            ended=ended,
            answer=None if self.cause else self.answer,
            variant=ended.variant or self.variant,
            timed_out=self.timed_out,
            cause=self.cause,
        )

    def killed(self) -> Reply:
        """The child goes with its warm process, whatever it had to say: nobody has seen how it ended."""
        self.cause = f"{KILLED}, with the warm process that had started it: {self.server.why()}"
        return self.reply(Ended(-signal.SIGKILL))

    def hear(self) -> None:
        channels = [channel for channel in (self.line, self.server.channel) if channel]
        left = None if self.deadline is None else self.deadline - clock.now()
        ready = readable(channels, left)
        if not ready:
            self.overdue()
        if self.line and self.line in ready:
            self.hear_child(self.line)
        if self.server.channel in ready:
            for message in self.server.channel.receive():
                self.note(message)

    def overdue(self) -> None:
        """End the child, and all of its group; after that the warm process, if it says nothing of the child's end."""
        if self.timed_out:
            self.server.process.kill()
            self.deadline = None
            return
        self.timed_out, self.deadline = True, clock.now() + GRACE
        strays.kill(self.pid)

    def note(self, message: Message) -> None:
        """Take what the warm process says."""
        match message:
            case Started():
                self.pid = message.pid
                self.server.at_work = True  # not before: one that still imports is ended without being waited for
                self.deadline = None if self.timeout is None else clock.now() + self.timeout
            case Ended():
                self.ended = message

    def hear_child(self, line: Channel, seconds: float | None = None) -> None:
        """Take what the child says. Once it has ended, or has closed its line, there is nothing more to hear."""
        try:
            for message in line.receive(seconds):
                self.note_childs(message)
        except (EOFError, OSError):  # how it ended the warm process will tell
            self.line = None
        except Endless:
            self.line, self.cause = None, endless()
            strays.kill(self.pid)

    def hear_rest(self) -> None:
        """What the child had said before it ended."""
        for _ in range(READS):
            if self.line is None:
                return
            self.hear_child(self.line, 0.0)  # which takes what is there, and waits for nothing

    def note_childs(self, message: Message) -> None:
        match message:
            case Progress():
                self.note_progress(message)
            case Order() | Started() | Ended():
                pass  # not a child's to say
            case Observation() if message.task != self.order.task:
                pass  # what it has not been asked
            case _:
                self.answer = message

    def note_progress(self, message: Progress) -> None:
        if not sensible(message):
            return
        # A step of a bar names no variant: the last one that was named is blamed if the child dies.
        self.variant = message.variant or self.variant
        self.listen(replace(message, label=message.label[:LABEL]))


def sensible(message: Progress) -> bool:
    """Whether a bar can be drawn of it, and its variant can be one."""
    total = message.done if message.total is None else message.total
    return min(message.done, total) >= 0 and max(message.done, total) < 2**53 and len(message.variant) <= Channel.BOARD


def readable(channels: Sequence[Channel], seconds: float | None) -> list[Channel]:
    """Those of the channels from which something can be read, or that have ended; none after so many seconds."""
    poll = select.poll()
    numbers = {channel.connection.fileno(): channel for channel in channels}
    for number in numbers:
        poll.register(number, select.POLLIN)
    found = poll.poll(None if seconds is None else max(0.0, seconds) * 1000 + 1)
    return [numbers[number] for number, _ in found]
