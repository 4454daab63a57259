"""A guest at its host's: one variant from outside in a process of its own, asked, timed and ended from here.

What it says is checked; how long it takes is read on the clock here.
"""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.errors import PluginError
from bench.execute.guests import offspring, shared
from bench.execute.guests.line import Line, Message, plain
from bench.execute.observations import signal_name
from bench.execute.outcomes import Told, one_line
from bench.measure import clock
from bench.measure.disturbance import Waiting, computed_by
from bench.measure.inputs import Change
from bench.measure.memory import oom_kills
from bench.measure.sampling import Block
from bench.model import Guest, Memory
from bench.results import store

if TYPE_CHECKING:
    from torch import Tensor

OUTPUT = 8_000
MOST_OUTPUT = 1 << 20
"""Bytes that a guest's output may grow to; what is older is thrown away then."""
GLANCE = 1.0
"""Seconds after which a guest that has not replied is looked after."""
GRACE = 1.0
"""Seconds that a process which has closed its line may take to end."""
EXCHANGES = 21
"""Empty exchanges that the cost of asking is the median of."""
LEAST = 5e-9
"""Seconds that Python takes for a call, whatever is called, and whatever the machine: a fifth of the least."""
ROOM = 1 << 26
"""Bytes of an answer that are read in any case."""
REASON, DETAIL, NOTES = 1_000, 8_000, 20
"""Characters of a reason and of a traceback that are kept, and how many notes."""


@dataclass(slots=True, kw_only=True)
class GuestProcess:
    """``patience`` is how many seconds it has for one request; ``notes`` are what it has changed around itself.

    ``closing`` holds what must be closed with it. ``status`` is its exit status, once it has ended; ``ended`` says why
    then. ``number`` counts requests, and ``busy`` are the seconds that they took together.
    """

    guest: Guest
    pid: int
    line: Line
    inbox: int
    outbox: int
    output: int
    patience: float | None
    waiting: Waiting
    own: Waiting
    kills: int
    closing: ExitStack
    status: int | None = None
    ended: str = ""
    number: int = 0
    busy: float = 0.0
    marked: float = 0.0
    most: int = shared.MOST
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.guest.name

    def ask(self, what: str, do: str, **request: Any) -> Message:
        """Have the guest do something. Raises ``Told`` with what went wrong, ``what`` being the guilty part."""
        if self.ended:
            raise Told("failed", self.ended)
        self.number += 1
        start = clock.now()
        try:
            self.line.send({"do": do, "number": self.number, **request})
            reply = self._reply()
        except TimeoutError:
            raise self._late(what) from None
        except (EOFError, OSError) as error:
            raise self._died(what) from error
        except ValueError as error:
            raise self._forged(what, one_line(error)) from error
        finally:
            self.busy += clock.now() - start
        self._forget_output()
        return self._sound(what, reply)

    def _reply(self) -> Message:
        """Wait for it, and look after the guest now and then: what it prints must not fill the memory, and a process
        that it has started may keep the line open when it has died."""
        deadline = clock.now() + (math.inf if self.patience is None else self.patience)
        while True:
            try:
                reply = self.line.receive(max(0.0, min(GLANCE, deadline - clock.now())))
            except TimeoutError:
                if clock.now() >= deadline:
                    raise
                self._forget_output()
                if self._has_ended():
                    raise EOFError from None
            else:
                # What was written by anyone else, or ahead of time, is not the reply to this.
                if reply.pop("number", None) != self.number:
                    raise ValueError("a reply to nothing that it was asked")
                return reply

    def _sound(self, what: str, reply: Message) -> Message:
        match reply.get("failure"):
            case [("disagrees" | "skipped" | "failed" | "oom") as outcome, str() as reason, str() as detail]:
                raise Told(outcome, plain(reason, REASON), plain(detail, DETAIL))
            case None:
                self._note(reply.get("notes"))
                return reply
        raise self._forged(what, "a reply that is none")

    def _note(self, notes: Any) -> None:
        for note in notes if isinstance(notes, list) else ():
            text = plain(str(note), REASON)
            if text not in self.notes and len(self.notes) < NOTES:
                self.notes.append(text)

    def _late(self, what: str) -> Told:
        self.kill()
        self.ended = f"{what} took longer than {self.patience:g} s and was killed; --timeout allows more"
        return Told("timeout", self.ended, self.tail())

    def _forged(self, what: str, how: str) -> Told:
        self.kill()
        self.ended = f"{what} wrote into the connection that is bench's: {how}"
        return Told("failed", self.ended, self.tail())

    def _died(self, what: str) -> Told:
        deadline = clock.now() + GRACE
        while not self._has_ended() and clock.now() < deadline:
            time.sleep(1e-3)
        if (code := self.status) is None:
            self.kill()
            self.ended = f"{what} closed the connection that is bench's, and was killed"
        # The kernel names no victim: who dies of SIGKILL while the count rises is taken for it.
        elif code == -signal.SIGKILL and oom_kills() > self.kills:
            self.ended = f"the kernel killed it in {what}, for the machine had no memory left"
            return Told("oom", self.ended, self.tail())
        else:
            how = f"died of {signal_name(-code)}" if code < 0 else f"ended its process with exit status {code}"
            self.ended = f"{what} {how}"
        return Told("failed", self.ended, self.tail())

    def _has_ended(self) -> bool:
        if self.status is None:
            gone, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if gone else None
        return self.status is not None

    def expects(self, answers: Mapping[str, Tensor]) -> None:
        """What it gives should be like these: much more than that is not read."""
        self.most = max(ROOM, 4 * sum(tensor.nbytes for tensor in answers.values()))

    def set_up(self, slot: int, seed: int) -> float:
        """Set the variant up in float32; how many seconds that took, without the import, and without the look at what
        it has changed."""
        self.ask("its import", "load")
        start = clock.now()
        self.ask("its set-up", "set_up", slot=slot, dtype="float32", seed=seed)
        seconds = clock.now() - start
        self.ask("its set-up", "settle")
        return seconds

    def block(self, slot: int, calls: int) -> Block:
        """So many calls, timed here, from the request to the reply."""
        before, start = self._waited(), clock.now()
        reply = self.ask("its call", "call", slot=slot, calls=calls)
        seconds, gpu = clock.now() - start, reply.get("gpu")
        if seconds < LEAST * calls:
            raise self._forged("its call", f"done with {calls} calls in {seconds:.2g} s, which nothing can be")
        return Block(
            seconds=seconds,
            # The guest says so itself: what the clock here contradicts does not count.
            gpu_seconds=gpu if isinstance(gpu, float) and 0 < gpu <= seconds else None,
            # The counters are read outside the clock, and may hold a little more than the block.
            waited=min(seconds, self._waited() - before),
        )

    def _waited(self) -> float:
        """By the guest, and by its host, which has to notice that it is done."""
        return self.waiting.seconds() + self.own.seconds()

    def answer(self) -> dict[str, Tensor]:
        """What its last call gave; it holds NaN there from here on."""
        return shared.get(self.outbox, self.ask("its call", "hand_over").get("tensors"), self.most)

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
        # It comes from a process in which anybody's code has run.
        memory = store.decode(plain(str(reply.get("memory")), DETAIL).encode(), Memory)
        if (
            len(memory.peaks) != 1
            or min(
                *memory.peaks, memory.baseline, *(n or 0 for n in (memory.reserved, memory.tensors, memory.children))
            )
            < 0
        ):
            raise PluginError("what it says of its memory cannot be")
        return memory

    def exchange(self) -> float:
        """Seconds that asking takes, and the reply."""
        return median(self._exchange() for _ in range(EXCHANGES))

    def _exchange(self) -> float:
        start = clock.now()
        self.ask("its process", "nothing")
        return clock.now() - start

    def mark(self) -> None:
        """From here on count ``busy`` and ``elsewhere``."""
        self.marked, self.busy = self._elsewhere(), 0.0

    def elsewhere(self) -> float:
        """Seconds of a core that its other threads, and the processes that it has started, have had since."""
        return max(0.0, self._elsewhere() - self.marked)

    def _elsewhere(self) -> float:
        if self.status is not None or not self.waiting.is_known:
            return 0.0
        self.ask("its process", "nothing")  # the kernel brings its count up to date when a thread goes to sleep
        return max(0.0, computed_by(self.pid) - self.waiting.computed()) + offspring.computed_by_children(self.pid)

    def tail(self) -> str:
        size = os.fstat(self.output).st_size
        return os.pread(self.output, OUTPUT, max(0, size - OUTPUT)).decode(errors="replace")

    def _forget_output(self) -> None:
        if os.fstat(self.output).st_size > MOST_OUTPUT:
            os.ftruncate(self.output, 0)

    def kill(self) -> None:
        """With all that it has started."""
        if not self._has_ended():
            # Never one that was waited for: its number may be another process's by now.
            offspring.kill_family(self.pid)
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def close(self) -> None:
        try:
            self.kill()
        finally:
            self.closing.close()
