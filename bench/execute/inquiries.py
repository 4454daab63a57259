"""Short questions to a child process: what torch sees, what an exercise declares, whether it keeps its promises."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bench import ctrl_c
from bench.catalogue import Listing
from bench.errors import BenchError
from bench.execute.executors.base import Executor
from bench.execute.messages import Checked, Described, Order, Probe, Reply, Verdicts
from bench.execute.observations import death
from bench.execute.outcomes import ENDED, sized
from bench.model import Broken, Description, Environment
from bench.results import descriptions, environment

IMPORT_SECONDS = 120.0
"""How long torch may take to import, and a plugin where nobody gives a timeout."""
LOADS = "it loads, and its hook gives an Exercise"


def probe(executor: Executor, data: str = "") -> Probe:
    """The devices and versions here, and what there is of a form of the data, if one is named. Raises ``BenchError``
    where torch cannot be used."""
    reply = ctrl_c.result(executor.submit(Order(kind="probe", data=data), timeout=IMPORT_SECONDS))
    if isinstance(reply.answer, Probe) and not reply.timed_out:
        return reply.answer
    raise BenchError(f"torch cannot be used here: {last_line(reply)}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a machine is: the kinds of its devices, and its environment; ``data`` is as in ``Probe``."""

    devices: tuple[str, ...]
    environment: Environment
    data: dict[str, str] = field(default_factory=dict)


def look(executor: Executor, threads: int, data: str = "") -> Seen:
    """This machine, for processes of so many threads; with ``data``, also what is here of that form of it. Raises
    ``BenchError`` where torch cannot be used."""
    found = probe(executor, data)
    return Seen(found.devices, environment.gather(found.facts, threads), found.data)


def describe(listing: Listing, executor: Executor, timeout: float = IMPORT_SECONDS) -> Description | Broken:
    """The parts of an exercise: known, or learnt in a child, which has ``timeout`` seconds for it. One whose written
    answer cannot be read is broken, too: its page would not be what it is."""
    if problem := listing.problem or unreadable(listing):
        return Broken(listing.id, sized(problem))
    if description := descriptions.recall(listing.module, listing.path):
        return description
    answer = import_in_child(listing, executor, timeout)
    if isinstance(answer, Broken):
        return answer
    descriptions.keep(listing.module, listing.path, answer.description, answer.read)
    return answer.description


def unreadable(listing: Listing) -> str:
    """Why the written answer cannot be read; empty where it can, or where there is none."""
    try:
        _ = listing.answer
    except BenchError as error:
        return str(error)
    return ""


def import_in_child(listing: Listing, executor: Executor, timeout: float) -> Described | Broken:
    """One that hangs or crashes there is one broken row."""
    order = Order(kind="describe", module=listing.module, exercise=listing.id)
    reply = ctrl_c.result(executor.submit(order, timeout=timeout))
    if not reply.timed_out and death(reply, None)[1].startswith(ENDED):  # perhaps not by what it did
        reply = ctrl_c.result(executor.submit(order, timeout=timeout))
    if isinstance(reply.answer, Described | Broken) and not reply.timed_out:
        return reply.answer
    hangs = f"hangs: no answer within {timeout:g} s; --timeout allows more"
    return Broken(listing.id, sized(f"its import {hangs if reply.timed_out else f'crashes: {last_line(reply)}'}"))


def check(listing: Listing, executor: Executor, timeout: float) -> Verdicts:
    """Every promise of an exercise, kept or not; the first is that it loads. ``timeout`` in seconds is for that, and
    again for the rest."""
    described = describe(listing, executor, timeout)
    if isinstance(described, Broken):
        return Verdicts((Checked(LOADS, described.reason),))
    order = Order(kind="check", module=listing.module, exercise=listing.id, profile="smoke")
    reply = ctrl_c.result(executor.submit(order, timeout=timeout))
    if isinstance(reply.answer, Verdicts):
        return replace(reply.answer, parts=described.parts)
    at_work = f" while it worked on {reply.variant!r}" if reply.variant else ""
    return Verdicts((Checked(LOADS), Checked("it survives being checked", last_line(reply) + at_work)), described.parts)


def last_line(reply: Reply) -> str:
    """How a child died, with the line of its output that says most: a fatal error's first, a traceback's last."""
    lines = [line for line in reply.ended.output.strip().splitlines() if line.strip()]
    telling = next((line for line in lines if line.startswith("Fatal")), lines[-1] if lines else "")
    more = f": {telling}" if telling and not reply.ended.words else ""
    return sized(death(reply, IMPORT_SECONDS)[1] + more)
