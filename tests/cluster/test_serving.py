"""A process is asked for shard after shard by way of a socket, and ends with whoever asks."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from bench.cluster.leash import GONE
from bench.cluster.serving import DONE, Asked, ask

Ends = tuple[socket.socket, Asked, SimpleQueue[int]]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Of whoever asks, of the process that is asked, and how that ended."""
    ended: SimpleQueue[int] = SimpleQueue()
    ours, its = socket.socketpair()
    ours.settimeout(10)
    with ours, its:
        yield ours, Asked(its, ended.put), ended
        ours.close()
        ended.get(timeout=10)


def asked_for(channel: socket.socket, number: int) -> int:
    """Ask, and let go of the turn: whoever was asked keeps it. The other end of a pipe, where one sees that."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    ask(channel, number, writing)
    os.close(writing)
    return reading


def has_turn(reading: int) -> bool:
    try:
        return os.read(reading, 1) != b""
    except BlockingIOError:
        return True


def test_a_shard_is_answered_and_its_turn_given_back_once_it_is_done(ends: Ends) -> None:
    ours, asked, _ = ends
    numbers = iter(asked)
    first = asked_for(ours, 3)
    assert next(numbers) == 3
    assert has_turn(first), "for as long as the shard takes"
    second = asked_for(ours, 10_000)
    assert next(numbers) == 10_000
    assert ours.recv(64) == DONE, "of the first, and of it alone"
    assert (has_turn(first), has_turn(second)) == (False, True)
    os.close(first)
    os.close(second)


@pytest.mark.parametrize("said", [b"", b"no number"])
def test_it_ends_with_whoever_asks_or_with_what_is_no_number(said: bytes) -> None:
    ended: SimpleQueue[int] = SimpleQueue()
    ours, its = socket.socketpair()
    with its:
        Asked(its, ended.put)
        with ours:
            ours.sendall(said)
        assert ended.get(timeout=10) == GONE


def test_without_a_socket_nobody_can_ask() -> None:
    code = "from bench.cluster.serving import from_stdin\nfrom_stdin()"
    done = subprocess.run([sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert "UsageError: --asked: stdin must be a socket" in done.stderr.splitlines()[-1]
