"""The near end of a warm process. What it does with orders is in ``test_forkserver.py``."""

import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.execute.executors.server import Server
from bench.execute.messages import Channel, Ended

PYTHON = f"""#!{sys.executable} -IS
import os, sys
print(*(f"{{name}}={{os.environ[name]}}" for name in os.environ if name.endswith("_NUM_THREADS")))
print(sys.argv[1:3], repr(sys.stdin.read()), file=sys.stderr)
os.write(int(sys.argv[3]), b'Ended {{"status": 0}}\\n')
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for the interpreter, and tells how it was called."""
    path = tmp_path / "python"
    path.write_text(PYTHON)
    path.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(path))


def test_it_is_started_with_its_socket_and_the_threads_that_it_may_have(
    script: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    server = Server.start(threads=3)
    assert list(server.channel.receive()) == [Ended(0)]
    server.process.wait()
    server.errors.seek(0)
    module, threads = server.errors.read().decode().splitlines()
    assert module == "['-m', 'bench.execute.executors.forkserver'] ''"
    assert {"MKL_NUM_THREADS=3", "OMP_NUM_THREADS=3", "OPENBLAS_NUM_THREADS=1"} <= set(threads.split())
    server.stop()


def double(said: bytes = b"") -> tuple[Server, socket.socket]:
    """A server without a process, and its far end."""
    near, far = socket.socketpair()
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
    errors.write(said)
    process = SimpleNamespace(wait=lambda: 7)
    return Server(process, Channel(near), errors), far  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "why"),
    [(b"Traceback\nImportError: no torch\n\n", "ImportError: no torch"), (b"\xff", "\ufffd"), (b"", "exit status 7")],
)
def test_it_died_of_the_last_line_that_it_printed(said: bytes, why: str) -> None:
    server, far = double(said)
    assert server.why() == why
    server.stop()
    far.close()


def test_one_that_was_stopped_did_not_die() -> None:
    server, far = double(b"ImportError: no torch")
    server.stop()
    assert server.why() == "it was stopped"
    far.close()


def test_stopping_closes_the_socket_and_wakes_who_listens_to_it() -> None:
    server, far = double()
    ended: list[type] = []

    def listen() -> None:
        begun.set()
        try:
            list(server.channel.receive())
        except (EOFError, OSError) as error:
            ended.append(type(error))

    begun = threading.Event()
    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    begun.wait(10)
    time.sleep(0.05)  # by now it sleeps in recv(); if not, it is woken all the same
    server.stop()
    thread.join(10)
    assert ended
    assert far.recv(1) == b""
    far.close()


def test_one_whose_far_end_has_gone_is_stopped_all_the_same() -> None:
    server, far = double()
    far.close()
    server.stop()
    assert server.errors.closed
