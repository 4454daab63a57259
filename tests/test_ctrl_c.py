"""What asks a process to end waits for what is held, and comes to whoever waits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import pytest

from bench import ctrl_c


@pytest.fixture(autouse=True)
def _attended() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, ctrl_c.ask)
    yield
    signal.signal(signal.SIGINT, before)


def ctrl_c_comes() -> None:
    signal.raise_signal(signal.SIGINT)


def test_elsewhere_it_is_raised_there() -> None:
    with pytest.raises(KeyboardInterrupt):
        ctrl_c_comes()


def test_what_is_held_is_done_first() -> None:
    done = []

    @ctrl_c.held
    def work() -> None:
        with ctrl_c.held:
            ctrl_c_comes()
            done.append("the inner")
        done.append("the outer")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["the inner", "the outer"]
    with ctrl_c.held:
        pass  # it was raised once


def test_however_often_it_was_asked_meanwhile() -> None:
    @ctrl_c.held
    def work() -> None:
        for _ in range(ctrl_c.PATIENCE):
            ctrl_c_comes()

    with pytest.raises(KeyboardInterrupt):
        work()
    with ctrl_c.held:
        pass


def test_what_hangs_is_left_at_once() -> None:
    code = """
import signal
from bench import ctrl_c
signal.signal(signal.SIGINT, ctrl_c.ask)
with ctrl_c.held:
    while True:
        signal.raise_signal(signal.SIGINT)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == ctrl_c.INTERRUPTED


def test_another_thread_holds_nothing_up() -> None:
    entered: SimpleQueue[None] = SimpleQueue()
    leave: SimpleQueue[None] = SimpleQueue()

    def hold() -> None:
        with ctrl_c.held:
            entered.put(None)
            ctrl_c.next_of(leave)

    thread = Thread(target=hold)
    thread.start()
    entered.get()
    with pytest.raises(KeyboardInterrupt):
        ctrl_c_comes()
    leave.put(None)
    thread.join()


@pytest.mark.parametrize("wait", [ctrl_c.next_of, ctrl_c.held(ctrl_c.next_of)])
def test_who_waits_is_woken_even_within_what_is_held(wait: Callable[[SimpleQueue[str]], str]) -> None:
    queue: SimpleQueue[str] = SimpleQueue()
    raised, seen = Event(), list[bool]()

    def send() -> None:
        while ctrl_c._main.waits_at is None:
            pass
        os.kill(os.getpid(), signal.SIGINT)
        seen.append(raised.wait(20))
        queue.put("the end of a wait that nobody has ended")

    thread = Thread(target=send)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        wait(queue)
    raised.set()
    thread.join()
    assert seen == [True]


def test_what_came_just_before_a_wait_ends_it() -> None:
    queue: SimpleQueue[str] = SimpleQueue()
    reached = []

    @ctrl_c.held
    def work() -> None:
        ctrl_c_comes()
        reached.append("here")
        ctrl_c.next_of(queue)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == ["here"]


def test_a_later_wait_does_not_take_a_wake_for_an_item() -> None:
    queue: SimpleQueue[Any] = SimpleQueue()
    queue.put(ctrl_c.WOKEN)
    queue.put("an item")
    assert ctrl_c.next_of(queue) == "an item"


class Unlucky:
    """The condition of a future, with Ctrl-C at the moment at which its lock has just been taken."""

    def __init__(self, own: Any) -> None:
        self.own, self.comes = own, True

    def __enter__(self) -> Any:
        entered = self.own.__enter__()
        if self.comes:
            self.comes = False
            ctrl_c_comes()  # without a handler that knows of it, nobody gives the lock back
        return entered

    def __exit__(self, *error: Any) -> Any:
        return self.own.__exit__(*error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)


def unlucky() -> Future[str]:
    future: Future[str] = Future()
    future._condition = Unlucky(future._condition)  # type: ignore[attr-defined]
    return future


def is_free(future: Future[str]) -> bool:
    """Whether another thread gets the lock: who has it gets it again."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(future._condition.acquire, blocking=False).result()  # type: ignore[attr-defined]


def test_the_lock_of_a_future_is_given_back() -> None:
    future = unlucky()
    with pytest.raises(KeyboardInterrupt):
        ctrl_c.result(future)
    assert is_free(future)


def test_by_pythons_own_means_it_is_not() -> None:
    """Why there is this module at all; once this fails, it is needed no more."""
    future = unlucky()
    with pytest.raises(KeyboardInterrupt):
        future.result()
    assert not is_free(future)
    future._condition.release()  # type: ignore[attr-defined]


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_future_gives(fails: bool) -> None:
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(int, "x" if fails else "7")
        if fails:
            with pytest.raises(ValueError, match="invalid literal"):
                ctrl_c.result(future)
        else:
            assert ctrl_c.result(future) == 7
