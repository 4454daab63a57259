"""An executor without a process: what sessions are tested with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from bench.execute.executors.base import Listener, ignore
from bench.execute.messages import Ended, Message, Order, Reply


class Double:
    """Answers every order at once by ``answer``; ``orders`` are those that it was given."""

    def __init__(self, answer: Callable[[Order], Message], slots: int = 1) -> None:
        self.answer, self.many, self.orders, self.closed = answer, slots, list[Order](), False
        self.released = 0

    def submit(self, order: Order, *, timeout: float | None = None, listen: Listener = ignore) -> Future[Reply]:
        self.orders.append(order)
        future: Future[Reply] = Future()
        future.set_result(Reply(ended=Ended(0), answer=self.answer(order)))
        return future

    def slots(self) -> int:
        return self.many

    def release(self) -> None:
        self.released += 1

    def close(self) -> None:
        self.closed = True
