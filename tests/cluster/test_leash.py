"""A process that ends when whoever started it is gone."""

import io
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from bench.cluster.leash import GONE, leash


def ended_by(stdin: object, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ended: list[int] = []
    monkeypatch.setattr(sys, "stdin", stdin)
    leash(ended.append).join(10)
    return ended


@pytest.mark.parametrize("said", [b"", b"x" * 100_000])
def test_it_ends_once_stdin_is_closed_whatever_was_said(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended_by(SimpleNamespace(buffer=io.BytesIO(said)), monkeypatch) == [GONE]


class Broken(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        raise OSError(5, "the terminal has gone")


@pytest.mark.parametrize("stdin", [None, SimpleNamespace(buffer=Broken())])
def test_without_a_stdin_nobody_holds_it(stdin: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended_by(stdin, monkeypatch) == [GONE]


SCRIPT = """
import time
from bench.cluster.leash import leash
leash()
print("begun", flush=True)
time.sleep(60)
"""


def test_a_process_whose_holder_is_killed_ends() -> None:
    inner = f"subprocess.Popen([sys.executable, '-c', {SCRIPT!r}], stdin=subprocess.PIPE).wait()"
    holder = subprocess.Popen([sys.executable, "-c", f"import subprocess, sys\n{inner}"], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder, holder.stdout as heard:
        assert heard.readline() == b"begun\n"
        os.kill(holder.pid, signal.SIGKILL)
        assert heard.read() == b"", "it holds the other end of this pipe for as long as it lives"
