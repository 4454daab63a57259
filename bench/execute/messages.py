"""What the processes say to each other: one line a message, its kind and then JSON."""

from __future__ import annotations

import mmap
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from bench.errors import BenchError
from bench.measure.noise import Noise
from bench.model import (
    Broken,
    Description,
    Findings,
    Guest,
    Observation,
    PartDescription,
    Peak,
    Profile,
    SourceFile,
    Task,
    Work,
)
from bench.results import store

MOST = 64 << 20
"""Bytes of a message: an observation with every lap of a long comparison takes a few millions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A comparison that a source of variants is asked about, with the names of its parameters.

    ``selected`` says whether it will run; of the others it is only told whether the source has anything for them.
    ``closed`` says why nothing can be added to it.
    """

    exercise: str
    part: str
    parameters: tuple[str, ...] = ()
    selected: bool = True
    closed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a child process is to do: ``kind`` is ``probe``, ``describe``, ``survey``, ``task``, ``fit``, ``check``,
    ``noise`` or ``peak``. ``fit`` is about the case of a task, whose variant is set up and called, and nothing else.

    It carries all that its host needs, so that it could travel: the code of the user's ``files``, whose paths are names
    in messages only; ``guests`` are the variants of theirs, and of other distributions, that its task is about, and the
    only ones with ``guests_alone``; ``portraits`` of those that disagree are put into the folder. ``folder`` is where
    the task puts its files, and a host that cannot reach it takes one of its own, for the reply says where they are;
    ``scratch`` is for what tasks of a run keep for each other until its end, where its host has one, and
    ``keep_checkpoints`` leaves those of a study where they are. ``timeout`` is in seconds for all of it, and
    ``devices`` are those that the run times on, which its host keeps from other runs. ``memory`` is in bytes, and the
    most that a task may take beyond what its process holds at its start. ``secrets`` are the values of parameters that
    the case has masked (``masking.hidden``). A probe says what it has of its ``data``, if
    any is named. A survey is asked ``questions``
    about one ``source``, named as in ``Guest``.
    """

    kind: Literal["probe", "describe", "survey", "task", "fit", "check", "noise", "peak"]
    module: str = ""
    exercise: str = ""
    source: str = ""
    questions: tuple[Question, ...] = ()
    files: tuple[SourceFile, ...] = ()
    guests: tuple[Guest, ...] = ()
    guests_alone: bool = False
    portraits: bool = False
    task: Task | None = None
    profile: Profile = "quick"
    data: str = "embedded"
    folder: str = ""
    scratch: str = ""
    threads: int = 1
    timeout: float | None = None
    devices: tuple[str, ...] = ()
    keep_checkpoints: bool = False
    memory: int | None = None
    secrets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Started:
    """The child is process (and process group) number ``pid``."""

    pid: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the child has come; ``variant`` is the one it works on, to be blamed if it dies now."""

    label: str = ""
    done: int = 0
    total: int | None = None
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What torch says of this machine. ``devices`` are the kinds that can compute here; ``data`` is
    ``{data set: SHA-256}`` of all that are here, where that was asked for."""

    devices: tuple[str, ...]
    facts: dict[str, str]
    data: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Described:
    """What an exercise declares, and a fingerprint of each file that its import read: ``{path: sha256}``; none where
    one of them changed meanwhile."""

    description: Description
    read: dict[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a source of variants offers to one comparison: their names there."""

    exercise: str
    part: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """What a source of variants has: its ``offers`` to the selected comparisons, or ``elsewhere``, such as
    ``ex10.a.speed``, the others that it would offer something to.

    ``problems`` are offers that cannot be taken, ``hooks`` those that it implements, ``undecorated`` its functions that
    are called like hooks and are none. ``read`` holds a fingerprint of each file that was loaded with it.
    """

    offers: tuple[Offer, ...] = ()
    elsewhere: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    undecorated: tuple[str, ...] = ()
    read: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """One promise of the contract: kept when there is no ``problem``."""

    promise: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Every promise that ``bench check`` has looked at, and what the parts were seen to have: the ``found`` of each
    study, the ``variants`` of each comparison and the methods of each race, and the ``work`` of each comparison that
    declares one. A part that could not be tried here is in none."""

    checked: tuple[Checked, ...]
    parts: tuple[PartDescription, ...] = ()
    found: dict[str, Findings] = field(default_factory=dict)
    variants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    work: dict[str, Work] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """The child has exited: ``status`` below zero is a signal. ``output`` is the end of what it printed, ``variant``
    the one that it has noted last, ``words`` are why it had to end without an answer."""

    status: int
    output: str = ""
    variant: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of an order: an answer, unless the child died or ran out of time before it gave one.

    ``variant`` is the one it worked on last; ``starved`` says whether its host ran out of memory meanwhile; ``folder``
    is where its files are now. ``cause`` says why there is no answer, where its host knows better than its status.
    """

    ended: Ended
    answer: Message | None = None
    variant: str = ""
    timed_out: bool = False
    starved: bool = False
    folder: str = ""
    cause: str = ""


Message = (
    Order | Started | Progress | Probe | Described | Surveyed | Broken | Verdicts | Observation | Noise | Peak | Ended
)
KINDS: dict[str, type[Message]] = {
    kind.__name__: kind
    for kind in (
        Order,
        Started,
        Progress,
        Probe,
        Described,
        Surveyed,
        Broken,
        Verdicts,
        Observation,
        Noise,
        Peak,
        Ended,
    )
}


class Endless(Exception):
    """More than ``MOST`` bytes came without the end of a line."""


class Channel:
    """A connected socket that carries messages, and a few bytes that this process shares with its forks."""

    BOARD = 1024
    """Bytes of each of the two notes."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._rest = bytearray()
        self._handed: list[int] = []
        self._board = mmap.mmap(-1, 2 * self.BOARD)

    def mark(self, variant: str) -> None:
        """Note the variant that is at work. It costs no message, which would wake another process at every block."""
        self._note(0, variant)

    def marked(self) -> str:
        """The variant that a fork has noted last."""
        return self._noted(0)

    def leave(self, words: str) -> None:
        """Note why there will be no answer: this is heard though the connection, and every other file, is closed."""
        self._note(self.BOARD, words)

    def left(self) -> str:
        """Why a fork gave no answer, if it could tell."""
        return self._noted(self.BOARD)

    def _note(self, start: int, text: str) -> None:
        note = text.encode(errors="replace")[: self.BOARD]
        self._board[start : start + self.BOARD] = note.ljust(self.BOARD, b"\0")

    def _noted(self, start: int) -> str:
        return self._board[start : start + self.BOARD].rstrip(b"\0").decode(errors="ignore")

    def send(self, message: Message) -> None:
        self.connection.settimeout(None)
        self.connection.sendall(type(message).__name__.encode() + b" " + store.encode(message) + b"\n")

    def hand(self, connection: socket.socket) -> None:
        """Give a connection to the process at the other end, before the message that it is for."""
        self.connection.settimeout(None)
        socket.send_fds(self.connection, [b"\n"], [connection.fileno()])

    def handed(self) -> socket.socket:
        """The connection that was given with the last message."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=self._handed.pop(0))
        connection.set_inheritable(False)
        return connection

    def receive(self, timeout: float | None = None) -> Iterator[Message]:
        """The messages that one read brings (none for a torn line). Raises ``TimeoutError``, ``EOFError`` and
        ``Endless``."""
        self.connection.settimeout(timeout)
        data, handed, *_ = socket.recv_fds(self.connection, 1 << 20, 1)
        self._handed += handed
        if not data:
            raise EOFError
        for line in self._lines(data):
            message = parse(line)
            if message is not None:
                yield message

    def close(self) -> None:
        self.connection.close()
        self._board.close()

    def _lines(self, data: bytes) -> list[bytes]:
        head, *others = data.split(b"\n")
        if len(self._rest) + len(head) > MOST:
            self._rest.clear()
            raise Endless
        self._rest += head
        if not others:
            return []
        first, self._rest = bytes(self._rest), bytearray(others.pop())
        return [first, *others]


def parse(line: bytes) -> Message | None:
    """A message, or None for what is none: a line torn by a kill, or a plugin's own noise."""
    kind, _, body = line.partition(b" ")
    try:
        return store.decode(body, KINDS[kind.decode()])
    # Whatever a plugin may have written there: what is nested too deeply, numbers too long, what is not UTF-8.
    except (KeyError, ValueError, RecursionError, OverflowError, BenchError):
        return None
