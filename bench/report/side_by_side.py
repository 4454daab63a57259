"""Pages on every core: none waits for another."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import TypeVar

from bench import ctrl_c
from bench.results import environment

Item = TypeVar("Item")
Result = TypeVar("Result")
MANY = 2
"""A process is worth its start for so many pages."""


def _alike(item: object) -> float:
    return 1.0


def map_processes(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    processes: int = 0,
    *,
    weight: Callable[[Item], float] = _alike,
) -> list[Result]:
    """``work`` of every item, in the order of the items; many of them are shared among ``processes``, those of most
    ``weight`` first: a long one that begins last is waited for by all.

    0 stands for one a core, and fewer where there is little to do. The work and its items travel: they must be pickled.
    What ``work`` raises is raised here.
    """
    processes = processes or min(environment.cores(), len(items) // MANY)
    if processes < 2:
        return [work(item) for item in items]
    _track()
    # Not fork: the command may have threads by now, and a fork would leave their locks held for good.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_settle)
    try:
        heaviest_first = sorted(range(len(items)), key=lambda at: -weight(items[at]))
        with ctrl_c.held:
            pending = {at: pool.submit(work, items[at]) for at in heaviest_first}
        return [ctrl_c.result(pending[at]) for at in range(len(items))]
    finally:
        with ctrl_c.held:
            pool.shutdown(cancel_futures=True)  # a page that was begun is waited for


def _track() -> None:
    """Start the process in which `multiprocessing` counts the locks of a pool. It is deaf to Ctrl-C and SIGTERM; here
    to SIGHUP too, which comes to all where a terminal is closed: once it has died of that, the end of the pool starts
    another, which knows none of the locks and says so by tracebacks."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        resource_tracker.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle() -> None:
    """Ctrl-C is for the process that waits for the pages, and once that has died nobody does: a process of a pool holds
    both ends of its queue, and would wait there for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(parent_process(),), name="bench-pages", daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(os.EX_SOFTWARE)
