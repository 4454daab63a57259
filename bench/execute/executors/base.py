"""The seam between a run and the machines that do its work: one method that matters."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from bench.execute.messages import Order, Progress, Reply

Listener = Callable[[Progress], None]
"""Is told how far an order has come; it is called in a thread of the executor's."""


def ignore(progress: Progress) -> None:
    """For whoever does not want to know."""


class Executor(Protocol):
    """Does orders somewhere, each in a process of its own.

    All that is known of the machines is on this side: how many orders they can take, who else uses them, how a process
    died. What may run beside what is not: that is the schedule's.
    """

    def submit(self, order: Order, *, timeout: float | None = None, listen: Listener = ignore) -> Future[Reply]:
        """Have an order done. ``timeout`` in seconds counts from the moment its process starts; a process that takes
        longer is killed. The future raises ``BenchError`` where the order could not be given to any process."""

    def slots(self) -> int:
        """How many orders can be at work at a time."""

    def release(self) -> None:
        """Give back the devices that are kept from other runs, until the next order that names some."""

    def close(self) -> None:
        """End whatever still runs, and leave no process behind. Nothing can be submitted afterwards."""
