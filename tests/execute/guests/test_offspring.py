"""Processes of a process: counted and killed with it."""

import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from bench.execute.guests.offspring import computed_by_children, kill_family


def compute_for_a_tick() -> None:
    while sum(os.times()[:2]) < 0.05:  # the kernel counts in hundredths of a second
        pass


@pytest.fixture
def family() -> Iterator[tuple[int, int]]:
    """A process that waits, and its child, which says who it is as soon as the kernel has counted a tick of its."""
    read, write = os.pipe()
    parent = os.fork()
    if not parent:
        if not os.fork():
            compute_for_a_tick()
            os.write(write, b"%d\n" % os.getpid())
        signal.pause()
        os._exit(0)
    os.close(write)
    child = int(os.read(read, 64))
    yield parent, child
    os.close(read)
    for pid in (parent, child):
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)
    assert os.waitpid(parent, 0)[1] == signal.SIGKILL


def test_a_process_is_killed_with_its_child(family: tuple[int, int]) -> None:
    parent, child = family
    its = psutil.Process(child)
    kill_family(parent)
    its.wait(10)
    assert not psutil.pid_exists(child)


def test_what_a_living_child_has_computed_counts(family: tuple[int, int]) -> None:
    parent, child = family
    assert 0.0 < computed_by_children(parent) < 5.0
    assert computed_by_children(child) == 0.0


def test_what_an_ended_child_has_computed_counts() -> None:
    """Of this process: a child computes until it has had a tick of the kernel's, and has been waited for."""
    before = computed_by_children(os.getpid())
    pid = os.fork()
    if not pid:
        compute_for_a_tick()
        os._exit(0)
    os.waitpid(pid, 0)
    assert computed_by_children(os.getpid()) - before > 0.02


def test_of_one_that_is_gone_nothing_is_known() -> None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    assert computed_by_children(pid) == 0.0
