"""What the processes say to each other arrives whole, or not at all."""

import socket
from collections.abc import Iterator
from typing import get_args

import pytest

from bench.execute import messages
from bench.execute.messages import (
    Channel,
    Checked,
    Described,
    Ended,
    Message,
    Offer,
    Order,
    Probe,
    Progress,
    Started,
    Surveyed,
    Verdicts,
)
from bench.measure.noise import Noise, Speed
from bench.model import (
    Broken,
    Case,
    Claim,
    Description,
    Disturbance,
    Findings,
    Observation,
    PartDescription,
    Peak,
    Sample,
    SourceFile,
    Task,
    VariantResult,
    Work,
)

TASK = Task("weigh", Case(exercise="ex01", part="a", device="cpu", seed=0, parameters={"n": (1, 2)}, variant="x"), 1)
EVERY: list[Message] = [
    Order(kind="task", module="p.ex01", exercise="ex01", files=(SourceFile("mine.py", "x = '\n'\n"),), task=TASK),
    Started(7),
    Progress("epochs", 1, None, "by hand"),
    Probe(("cpu", "cuda"), {"gpu": "H100"}, {"mnist": "0f"}),
    Described(Description(("tag",), (PartDescription(id="a", title="∂", kind="study"),)), {"ex01.py": "0f"}),
    Surveyed(offers=(Offer("ex01", "a.speed", ("[red]x[/]",)),), hooks=("bench_variants",), read={"mine.py": "0f"}),
    Broken("ex91", "RuntimeError: two\nlines"),
    Verdicts((Checked("it loads"), Checked("it agrees", "no"))),
    Verdicts(
        (Checked("it loads"),),
        (PartDescription(id="a", title="∂", kind="study"),),
        {"a": Findings(claims=(Claim("c", 0.1, "at_most", 1.0),))},
        {"b": ("one", "two")},
        {"b": Work(8, "rows", flops=2.0, bytes=4.0)},
    ),
    Observation(
        task=TASK,
        outcome="failed",
        reason="why",
        findings=Findings(claims=(Claim("c", 0.1, "at_most", 1.0),)),
        variants={"x": VariantResult(outcome="failed", reason="why")},
    ),
    Noise(
        samples={"convolution": (Sample(round=0, calls=1, seconds=0.5, laps=(0.5,)),)},
        speeds=(Speed(3.5, 0.001),),
        waited=0.1,
        disturbance=Disturbance(seconds=3.0, stolen=0.1),
    ),
    Peak(device="cuda", flops=5e13, bandwidth=3e12, threads=1, array=2**28),
    Ended(-11, "Segmentation fault\n"),
]


DEEP = b'Probe {"devices": ' + b"[" * 100_000
LONG = b'Started {"pid": 1' + b"0" * 10_000 + b"}"


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    near, far = socket.socketpair()
    with near, far:
        yield Channel(near), Channel(far)


def test_every_kind_of_message_is_known_and_tried_here() -> None:
    assert set(messages.KINDS.values()) == set(get_args(Message)) == {type(message) for message in EVERY}


@pytest.mark.parametrize("message", EVERY, ids=lambda message: type(message).__name__)
def test_what_is_sent_is_received(ends: tuple[Channel, Channel], message: Message) -> None:
    ends[0].send(message)
    assert list(ends[1].receive()) == [message]


def test_one_read_may_bring_several_messages_or_half_of_one(ends: tuple[Channel, Channel]) -> None:
    ends[0].connection.sendall(b'Started {"pid": 7}\nEnded {"status": 0, "out')
    assert list(ends[1].receive()) == [Started(7)]
    ends[0].connection.sendall(b'put": "x"}')
    assert list(ends[1].receive()) == []
    ends[0].connection.sendall(b'\nStarted {"pid": 8}\n')
    assert list(ends[1].receive()) == [Ended(0, "x"), Started(8)]


def test_what_never_ends_is_not_kept(ends: tuple[Channel, Channel], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST", 100)
    ends[0].connection.sendall(b"x" * 60)
    assert list(ends[1].receive()) == []
    ends[0].connection.sendall(b"x" * 60)
    with pytest.raises(messages.Endless):
        list(ends[1].receive())
    ends[0].connection.sendall(b'\nStarted {"pid": 7}\n')
    assert list(ends[1].receive()) == [Started(7)]


def test_a_connection_is_handed_over_with_the_message_that_it_is_for(ends: tuple[Channel, Channel]) -> None:
    near, far = socket.socketpair()
    with near, far:
        ends[0].hand(far)
        ends[0].send(Started(7))
        found: list[Message] = []
        while not found:
            found += ends[1].receive()
        with ends[1].handed() as line:
            assert not line.get_inheritable()
            line.sendall(b"x")
            assert near.recv(9) == b"x"
    assert found == [Started(7)]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"noise",
        b"Ended",
        b"Ended {",
        b'Ended {"status": "x"}',
        b"\xff {}",
        b'Reply {"ended": {"status": 0}}',
        DEEP,
        LONG,
    ],
)
def test_what_is_no_message_is_none(line: bytes) -> None:
    assert messages.parse(line) is None


def test_silence_and_the_end_are_told_apart(ends: tuple[Channel, Channel]) -> None:
    with pytest.raises(TimeoutError):
        list(ends[1].receive(0.001))
    ends[0].connection.close()
    with pytest.raises(EOFError):
        list(ends[1].receive(0.001))
