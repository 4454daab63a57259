"""The inside of a guest's process: it loads one plugin, sets one of its variants up, and calls it when it is told to.

There is no reference here, no truth and no clock that counts. What goes wrong is told; what a hostile plugin may do to
this process harms its own variant alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from bench import masking, plugins
from bench.errors import PluginError
from bench.execute.child.context import lab_of
from bench.execute.guests import shared
from bench.execute.guests.fence import enclose
from bench.execute.guests.line import Line, Message
from bench.execute.lines import with_line
from bench.execute.messages import Order
from bench.execute.outcomes import one_line, outcome_of
from bench.measure import agreement, clock, inputs, memory, weighing, world
from bench.measure.weighing import Keeper
from bench.model import Guest, Task
from bench.results import store

if TYPE_CHECKING:
    import torch

REASON, DETAIL, LINE = 1_000, 8_000, 200
"""Characters of a reason and of a traceback that are told, of the latter its end; and of the reason's for a line."""
PR_SET_PDEATHSIG = 1
"""prctl(2): the kernel sends this process a signal when its parent ends."""


@dataclass(slots=True, kw_only=True)
class Inside:
    """Does what it is asked for: a method that begins with ``do_`` is a request, its arguments are the message's."""

    order: Order
    task: Task
    guest: Guest
    line: Line
    inbox: int
    outbox: int
    setup: Callable[..., Any] | None = None
    calls: dict[int, Callable[[], Any]] = field(default_factory=dict)
    places: list[inputs.Place] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    called: int = 0
    result: Any = None
    before: world.World = field(default_factory=dict)

    def serve(self) -> None:
        self.before = world.world()
        while True:
            try:
                request = self.line.receive()
            except EOFError:
                return
            number = request.pop("number", None)
            self.line.send(self.reply(request) | {"number": number})

    def reply(self, request: Message) -> Message:
        try:
            return getattr(self, f"do_{request.pop('do')}")(**request) or {}
        # Were the process to end, its host would have to take it for a crash.
        except SystemExit as error:
            return {"failure": ["failed", plugins.exit_in_words(error), ""]}
        except Exception as error:
            outcome, reason, detail = outcome_of(error)
            text = with_line(reason[: REASON - LINE], error, self.guest.source) if detail else reason
            return {"failure": [outcome, text[:REASON], detail[-DETAIL:]]}
        except BaseException as error:
            return {"failure": ["failed", one_line(error)[:REASON], ""]}

    @property
    def device(self) -> torch.device:
        import torch

        return torch.device(self.task.case.device)

    def do_nothing(self) -> None:
        """An exchange without anything in it: what it takes is the cost of asking."""

    def do_load(self) -> Message:
        if self.setup:
            return {}
        self.setup = plugins.set_up_of(self.guest, self.order.files)
        if not callable(self.setup):
            raise PluginError(f"{self.guest.offered!r} must be a set-up, a function that returns a call")
        return {"notes": self.watch("its import")}

    def do_set_up(self, slot: int, dtype: str, seed: int) -> None:
        import torch

        assert self.setup
        self.seen.discard(slot)
        lab = lab_of(self.order, self.task.case, getattr(torch, dtype), seed)
        with world.seeded(seed, self.device):
            call = self.setup(lab, **masking.revealed(self.task.case.parameters, self.order.secrets))
        if not callable(call):
            raise PluginError(f"the set-up must return a call, a function without arguments: it returned {call!r:.80}")
        self.calls[slot] = call

    def do_settle(self) -> Message:
        """After a set-up, whose time is taken without this."""
        notes = self.watch("its set-up")
        # Here and not around every block: a collection visits every object, and there are blocks by the hundred.
        gc.collect()
        gc.disable()
        return {"notes": notes}

    def watch(self, who: str, *, whole: bool = True) -> list[str]:
        """Raise ``PluginError`` for a change of how calls compute here; other changes of the process are notes."""
        decisive = world.computing()
        after = (world.surroundings() if whole else self.before) | decisive
        before, self.before = self.before, after
        if changed := world.changes({what: before[what] for what in decisive}, after):
            raise PluginError(f"{who} {changed}: it would not be timed like the others")
        others = world.changes({what: before[what] for what in before if what not in decisive}, after)
        return [f"{who} {others}"] if others else []

    def do_call(self, slot: int, calls: int) -> Message:
        _, gpu_seconds, self.result = clock.time_block(self.calls[slot], calls, self.device)
        # What would be computed only when it is looked at is refused while the clock of the host still runs.
        agreement.tensors_of(self.result)
        self.called = slot
        return {"gpu": gpu_seconds}

    def do_hand_over(self) -> Message:
        described = shared.put(self.outbox, agreement.tensors_of(self.result))
        agreement.poison(self.result)
        # Not in the call: the clock of the host runs there. The whole takes a while, and is looked at but once.
        notes = self.watch("its call", whole=self.called not in self.seen)
        self.seen.add(self.called)
        return {"tensors": described, "notes": notes}

    def do_learn(self, slot: int, described: shared.Described) -> Message:
        """Find the inputs in what a call holds: they come in pairs, what stands there now and what may stand there."""
        given = list(shared.get(self.inbox, described).values())
        changes = list(zip(given[::2], given[1::2], strict=True))
        self.places = inputs.places(inputs.held(self.calls[slot]), changes)
        return {"places": len(self.places)}

    def do_change(self, which: int) -> None:
        for place in self.places:
            place.write(which)

    def do_spoil(self, slot: int, described: shared.Described) -> Message:
        """Overwrite what the call holds of these answers."""
        return {"spoilt": inputs.spoil(self.calls[slot], shared.get(self.inbox, described), self.places)}

    def do_return_memory(self) -> None:
        memory.return_memory_at_once()

    def do_weigh(self, seed: int) -> Message:
        keeper = Keeper(lambda: self.fresh(seed))
        weighed = weighing.weigh(keeper.fresh, self.device)
        self.result = keeper.result
        return {"memory": store.encode(weighed).decode()}

    def fresh(self, seed: int) -> Callable[[], Any]:
        self.do_set_up(slot=0, dtype="float32", seed=seed)
        return self.calls[0]


def live(inside: Inside, output: int, keep: Iterable[int]) -> NoReturn:
    """In the fork: never returns, for the parent's clean-up is the parent's."""
    code = os.EX_SOFTWARE
    try:
        with contextlib.suppress(AttributeError, OSError):  # not Linux: it ends with its line then
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        detach(output, keep)
        enclose(inside.order.folder)
        gc.freeze()  # what the host has left here need not be visited by any collection
        inside.serve()
        code = os.EX_OK
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def detach(output: int, keep: Iterable[int]) -> None:
    """What it prints goes to a file of its own; nothing else of its host's stays open."""
    import fcntl

    # The host cuts the file off when it has grown too long: what is printed next belongs at its new end.
    fcntl.fcntl(output, fcntl.F_SETFL, os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (1, 2):
        os.dup2(output, stream)
    first = 3
    for file in sorted(keep):
        os.closerange(first, file)
        first = file + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))
    # New ones, without what the host has not written yet; by lines, for who is killed writes no more.
    sys.stdin = open(0, errors="replace", closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (
        open(stream, "w", buffering=1, errors="replace", closefd=False)  # noqa: SIM115
        for stream in (1, 2)
    )
