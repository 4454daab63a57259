"""Messages between a host and its guest: what is none is refused, and nobody waits for ever."""

import socket
from collections.abc import Iterator

import pytest

from bench.execute.guests import line
from bench.execute.guests.line import Line, plain
from bench.measure import clock


@pytest.fixture
def ends() -> Iterator[tuple[Line, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Line(ours), theirs


def test_what_is_sent_arrives_one_by_one() -> None:
    ours, theirs = map(Line, socket.socketpair())
    ours.send({"do": "call", "calls": 3})
    ours.send({"text": "a line\nand ü"})
    assert theirs.receive(1.0) == {"do": "call", "calls": 3}
    assert theirs.receive(1.0) == {"text": "a line\nand ü"}
    ours.close()
    with pytest.raises(EOFError):
        theirs.receive(1.0)
    theirs.close()


def test_a_torn_message_is_kept_for_the_next_time(ends: tuple[Line, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(b'{"a":')
    with pytest.raises(TimeoutError):
        ours.receive(0.001)
    theirs.sendall(b' 1}\n{"b"')
    assert ours.receive(1.0) == {"a": 1}
    assert ours.rest == b'{"b"'


def test_a_message_is_torn_by_the_end(ends: tuple[Line, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(b'{"a": 1')
    theirs.close()
    with pytest.raises(EOFError):
        ours.receive(1.0)


@pytest.mark.parametrize(
    "text", [b"hello", b"[1]", b"3", b"null", b"{", b"\xff\xfe", b"[" * 200_000, b"1" * 5_000, b""], ids=range(9)
)
def test_what_is_no_object_is_no_message(ends: tuple[Line, socket.socket], text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        line.parsed(text)
    ours, theirs = ends
    theirs.sendall(text[:1000] + b"\n")
    with pytest.raises(ValueError, match=r"."):
        ours.receive(1.0)


def test_a_message_without_end_is_none(ends: tuple[Line, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "MOST", 100)
    ours, theirs = ends
    theirs.sendall(b'"' * 1000)
    with pytest.raises(ValueError, match="without end"):
        ours.receive(1.0)


def test_a_byte_now_and_then_does_not_keep_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of our own, where every byte takes a second."""
    seconds = iter(range(100))
    monkeypatch.setattr(clock, "now", lambda: float(next(seconds)))

    class Dribbling:
        def settimeout(self, seconds: float | None) -> None:
            assert seconds is None or seconds > 0

        def recv(self, most: int) -> bytes:
            return b" "

    ours = Line(Dribbling())  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        ours.receive(5.0)
    assert ours.rest == b"    "


@pytest.mark.parametrize(("text", "kept"), [("ü" * 5, "üüü"), ("a\ud800", "a?"), ("", "")])
def test_a_text_is_kept_as_far_as_utf_8_has_it(text: str, kept: str) -> None:
    assert plain(text, 3) == kept
