"""The peaks of the devices on which a run has timed work of known flops and bytes, each in a fresh process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench import ctrl_c
from bench.errors import BenchError
from bench.execute import inquiries
from bench.execute.executors.base import Executor
from bench.execute.messages import Order
from bench.model import Observation, Peak, Profile

SECONDS = 60.0
"""How long one process may take: it takes about one."""


def wanted(observations: Iterable[Observation], profile: Profile) -> tuple[str, ...]:
    """The devices of which a roofline will be drawn: none in smoke, whose times are no results."""
    if profile == "smoke":
        return ()
    counted = (each for each in observations if each.task.kind == "time" and each.work and each.work.intensity)
    return tuple(dict.fromkeys(each.task.case.device for each in counted))


def measure(executor: Executor, devices: Sequence[str], threads: int) -> tuple[Peak, ...]:
    """One device after the other. Raises ``BenchError`` where a process dies."""
    return tuple(_ask(executor, Order(kind="peak", threads=threads, devices=(device,))) for device in devices)


def _ask(executor: Executor, order: Order) -> Peak:
    reply = ctrl_c.result(executor.submit(order, timeout=SECONDS))
    if isinstance(reply.answer, Peak) and not reply.timed_out:
        return reply.answer
    raise BenchError(f"the peaks of {order.devices[0]} cannot be measured here: {inquiries.last_line(reply)}")
