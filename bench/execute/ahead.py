"""Several tasks at a time: nothing in them is held against a clock, so that they may share the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from queue import Empty, SimpleQueue

from bench.execute.executors.local import Workers
from bench.model import Task

Do = Callable[[Task, Workers], None]


def side_by_side(tasks: Iterable[Task], lanes: int, workers: Workers, do: Do) -> None:
    """Do every task, ``lanes`` at a time and in the order given: one lane in the warm process of ``workers``, which
    keeps what it has imported by then, every other one in a warm process of its own.

    What ``do`` raises in one lane, or Ctrl-C, stops the others: their children are killed, and it is raised here.
    """
    waiting: SimpleQueue[Task] = SimpleQueue()
    for task in tasks:
        waiting.put(task)
    with ExitStack() as stack, ThreadPoolExecutor(lanes) as pool:
        crews = [workers] + [stack.enter_context(Workers(workers.threads)) for _ in range(lanes - 1)]
        running = [pool.submit(_lane, waiting, crew, do) for crew in crews]
        try:
            for one in wait(running, return_when=FIRST_EXCEPTION).done:
                one.result()
        except BaseException:
            _drop(waiting)
            for crew in crews:
                crew.stop()
            raise


def _lane(waiting: SimpleQueue[Task], crew: Workers, do: Do) -> None:
    while True:
        try:
            task = waiting.get_nowait()
        except Empty:
            return
        do(task, crew)


def _drop(waiting: SimpleQueue[Task]) -> None:
    while not waiting.empty():
        waiting.get_nowait()
