"""A guest at its host's: one variant from outside in a process of its own, started, asked, timed and ended from here.

It is forked before its host has computed anything, keeps no file of it open but the line and two files without names
for tensors, and is killed with it. What it says is checked; how long it takes is read on the clock here.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any, NoReturn

from bench.execute.guests import shared
from bench.execute.guests.inside import Inside
from bench.execute.guests.line import Line, Message
from bench.execute.messages import Order
from bench.execute.observations import signal_name
from bench.execute.outcomes import Told, one_line
from bench.measure import clock
from bench.measure.disturbance import Waiting, computed_by, waiting_of
from bench.measure.inputs import Change
from bench.measure.memory import oom_kills
from bench.measure.sampling import Block
from bench.model import Guest, Memory, Task
from bench.results import store

if TYPE_CHECKING:
    from torch import Tensor

PR_SET_PDEATHSIG = 1
"""prctl(2): the kernel sends this process a signal when its parent ends."""
OUTPUT = 8_000
MOST_OUTPUT = 1 << 20
"""Bytes that a guest's output may grow to between two requests; what is older is thrown away then."""
PATHS = {"BENCH_DATA", "BENCH_CACHE"}
EXCHANGES = 21
"""Empty exchanges that the cost of asking is the median of."""


@dataclass(slots=True, kw_only=True)
class GuestProcess:
    """``patience`` is how many seconds it has for one request; ``notes`` are what it has changed around itself."""

    guest: Guest
    pid: int
    line: Line
    inbox: int
    outbox: int
    output: int
    scratch: str
    patience: float | None
    waiting: Waiting
    kills: int
    ended: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.guest.name

    @classmethod
    def start(cls, guest: Guest, order: Order, task: Task, patience: float | None) -> GuestProcess:
        ours, theirs = socket.socketpair()
        inbox, outbox, output = (shared.new_file() for _ in range(3))
        scratch = tempfile.mkdtemp(prefix="bench-guest-")
        kills, pid = oom_kills(), os.fork()
        if not pid:
            order = replace(order, folder=scratch)
            inside = Inside(order=order, task=task, guest=guest, line=Line(theirs), inbox=inbox, outbox=outbox)
            _live(inside, output, keep=(theirs.fileno(), inbox, outbox))
        theirs.close()
        return cls(
            guest=guest,
            pid=pid,
            line=Line(ours),
            inbox=inbox,
            outbox=outbox,
            output=output,
            scratch=scratch,
            patience=patience,
            waiting=waiting_of(pid).__enter__(),
            kills=kills,
        )

    def ask(self, what: str, do: str, **request: Any) -> Message:
        """Have the guest do something. Raises ``Told`` with what went wrong, ``what`` being the guilty part."""
        if self.ended:
            raise Told("failed", self.ended)
        try:
            self.line.send({"do": do, **request})
            reply = self.line.receive(self.patience)
        except TimeoutError:
            self.kill()
            self.ended = f"{what} took longer than {self.patience:g} s and was killed; --timeout allows more"
            raise Told("timeout", self.ended, self.tail()) from None
        except (EOFError, OSError) as error:
            raise self._died(what) from error
        except ValueError as error:
            self.kill()
            self.ended = f"{what} wrote into the connection that is bench's: {one_line(error)}"
            raise Told("failed", self.ended) from error
        self._forget_output()
        return self._sound(what, reply)

    def _sound(self, what: str, reply: Message) -> Message:
        match reply.get("failure"):
            case [("disagrees" | "skipped" | "failed" | "oom") as outcome, str() as reason, str() as detail]:
                raise Told(outcome, reason, detail)
            case None:
                self.notes += [note for note in reply.get("notes") or () if note not in self.notes]
                return reply
        raise Told("failed", f"{what} gave a reply that is none")

    def _died(self, what: str) -> Told:
        _, status = os.waitpid(self.pid, 0)
        code, self.pid = os.waitstatus_to_exitcode(status), 0
        if code == -signal.SIGKILL and oom_kills() > self.kills:
            self.ended = f"the kernel killed it in {what}, for the machine had no memory left"
            return Told("oom", self.ended, self.tail())
        how = f"died of {signal_name(-code)}" if code < 0 else f"ended its process with exit status {code}"
        self.ended = f"{what} {how}"
        return Told("failed", self.ended, self.tail())

    def set_up(self, slot: int, seed: int) -> float:
        """Set the variant up in float32; how many seconds that took."""
        start = clock.now()
        self.ask("its set-up", "set_up", slot=slot, dtype="float32", seed=seed)
        return clock.now() - start

    def block(self, slot: int, calls: int) -> Block:
        """So many calls, timed here, from the request to the reply."""
        before, start = self.waiting.seconds(), clock.now()
        reply = self.ask("its call", "call", slot=slot, calls=calls)
        seconds = clock.now() - start
        gpu = reply.get("gpu")
        return Block(
            seconds=seconds,
            gpu_seconds=gpu if isinstance(gpu, float) and 0 < gpu <= seconds else None,
            waited=self.waiting.seconds() - before,
        )

    def answer(self) -> dict[str, Tensor]:
        """What its last call gave; it holds NaN there from here on."""
        return shared.get(self.outbox, self.ask("its answer", "hand_over").get("tensors"))

    def spoil(self) -> None:
        """It was overwritten as it was handed over."""

    def learn(self, slot: int, changes: Sequence[Change]) -> bool:
        """Show it what changes in its inputs; whether it holds any of them."""
        flat = {str(number): tensor for number, tensor in enumerate(each for pair in changes for each in pair)}
        reply = self.ask("its inputs", "learn", slot=slot, described=shared.put(self.inbox, flat))
        return bool(reply.get("places"))

    def change(self, which: int) -> None:
        self.ask("its inputs", "change", which=which)

    def forget(self, slot: int, answers: Mapping[str, Tensor]) -> bool:
        """Overwrite what its call holds of these answers; whether it holds any."""
        return bool(self.ask("its inputs", "spoil", slot=slot, described=shared.put(self.inbox, answers)).get("spoilt"))

    def weigh(self, seed: int) -> Memory:
        reply = self.ask("its call", "weigh", seed=seed)
        return store.decode(str(reply.get("memory")).encode(), Memory)

    def exchange(self) -> float:
        """Seconds that asking takes, and the reply."""
        return median(self._exchange() for _ in range(EXCHANGES))

    def _exchange(self) -> float:
        start = clock.now()
        self.ask("its process", "nothing")
        return clock.now() - start

    def elsewhere(self) -> float:
        """Seconds of a core that its other threads have had so far."""
        return max(0.0, computed_by(self.pid) - self.waiting.computed()) if self.pid else 0.0

    def tail(self) -> str:
        size = os.fstat(self.output).st_size
        return os.pread(self.output, OUTPUT, max(0, size - OUTPUT)).decode(errors="replace")

    def _forget_output(self) -> None:
        if os.fstat(self.output).st_size > MOST_OUTPUT:
            os.ftruncate(self.output, 0)

    def kill(self) -> None:
        """With all that it has started."""
        import psutil

        if self.pid:
            with contextlib.suppress(psutil.Error, OSError):
                for child in psutil.Process(self.pid).children(recursive=True):
                    child.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0

    def close(self) -> None:
        self.kill()
        self.line.close()
        self.waiting.__exit__()
        for file in (self.inbox, self.outbox, self.output):
            os.close(file)
        shutil.rmtree(self.scratch, ignore_errors=True)


def _live(inside: Inside, output: int, keep: Iterable[int]) -> NoReturn:
    """In the fork: never returns, for the parent's clean-up is the parent's."""
    try:
        with contextlib.suppress(AttributeError, OSError):  # not Linux: it ends with its line then
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        _close_all_but(output, keep)
        _move_to(inside.order.folder)
        inside.serve()
    finally:
        os._exit(0)


def _move_to(folder: str) -> None:
    """Whatever it writes or removes where it stands is its own; what the environment calls by a relative path stays."""
    for name in PATHS & os.environ.keys():
        os.environ[name] = os.path.abspath(os.environ[name])  # noqa: PTH100 - an empty one is the folder itself here
    os.chdir(folder)


def _close_all_but(output: int, keep: Iterable[int]) -> None:
    """What it prints goes to a file of its own; nothing else of its host's stays open."""
    import fcntl

    fcntl.fcntl(output, fcntl.F_SETFL, os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    first = 3
    for file in sorted(keep):
        os.closerange(first, file)
        first = file + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))
