"""The inside of a guest's process: it loads one plugin, sets one of its variants up, and calls it when it is told to.

There is no reference here, no truth and no clock that counts. What goes wrong is told; what a hostile plugin may do to
this process harms its own variant alone.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench import plugins
from bench.errors import PluginError
from bench.execute.child.context import lab_of
from bench.execute.guests import shared
from bench.execute.guests.line import Line, Message
from bench.execute.messages import Order
from bench.execute.outcomes import one_line, outcome_of
from bench.measure import agreement, clock, inputs, memory, weighing, world
from bench.measure.weighing import Keeper
from bench.model import Guest, Task
from bench.results import store

if TYPE_CHECKING:
    import torch

DETAIL = 8_000
"""Characters of a traceback that are told: its end."""


@dataclass(slots=True, kw_only=True)
class Inside:
    """Does what it is asked for: a method that begins with ``do_`` is a request, its arguments are the message's."""

    order: Order
    task: Task
    guest: Guest
    line: Line
    inbox: int
    outbox: int
    calls: dict[int, Callable[[], Any]] = field(default_factory=dict)
    places: list[inputs.Place] = field(default_factory=list)
    called: set[int] = field(default_factory=set)
    result: Any = None
    before: world.World = field(default_factory=dict)

    def serve(self) -> None:
        self.before = world.world()
        while True:
            try:
                request = self.line.receive()
            except EOFError:
                return
            self.line.send(self.reply(request))

    def reply(self, request: Message) -> Message:
        try:
            return getattr(self, f"do_{request.pop('do')}")(**request) or {}
        except SystemExit as error:
            return {"failure": ["failed", f"called sys.exit({error.code!r})", ""]}
        except Exception as error:
            outcome, reason, detail = outcome_of(error)
            return {"failure": [outcome, reason, detail[-DETAIL:]]}
        except BaseException as error:
            return {"failure": ["failed", one_line(error), ""]}

    @property
    def device(self) -> torch.device:
        import torch

        return torch.device(self.task.case.device)

    def do_nothing(self) -> None:
        """An exchange without anything in it: what it takes is the cost of asking."""

    def do_set_up(self, slot: int, dtype: str, seed: int) -> Message:
        import torch

        setup = plugins.set_up_of(self.guest, self.order.files)
        notes = self.watch("its import")
        lab = lab_of(self.order, self.task.case, getattr(torch, dtype), seed)
        with world.seeded(seed, self.device):
            call = setup(lab, **self.task.case.parameters)
        if not callable(call):
            raise PluginError(f"the set-up must return a call, a function without arguments: it returned {call!r:.80}")
        self.calls[slot] = call
        notes += self.watch("its set-up")
        # Here and not around every block: a collection visits every object, and there are blocks by the hundred.
        gc.collect()
        gc.disable()
        return {"notes": notes}

    def watch(self, who: str) -> list[str]:
        """Raise ``PluginError`` for a change of how calls compute here; other changes of the process are notes."""
        after = world.world()
        before, self.before = self.before, after
        decisive = world.computing().keys()
        if changed := world.changes({what: before[what] for what in decisive}, after):
            raise PluginError(f"{who} {changed}: it would not be timed like the others")
        others = world.changes({what: before[what] for what in before if what not in decisive}, after)
        return [f"{who} {others}"] if others else []

    def do_call(self, slot: int, calls: int) -> Message:
        _, gpu_seconds, self.result = clock.time_block(self.calls[slot], calls, self.device)
        # What would be computed only when it is looked at is refused while the clock of the host still runs.
        agreement.tensors_of(self.result)
        notes = [] if slot in self.called else self.watch("its call")
        self.called.add(slot)
        return {"gpu": gpu_seconds, "notes": notes}

    def do_hand_over(self) -> Message:
        described = shared.put(self.outbox, agreement.tensors_of(self.result))
        agreement.poison(self.result)
        return {"tensors": described}

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
