"""The near end of a warm process. What it does with orders is in ``test_forkserver.py``."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.execute.executors.server import PROGRAM, Server, environment
from bench.execute.lock import user
from bench.execute.messages import Channel, Ended

PYTHON = f"""#!{sys.executable} -IS
import os, sys
print(*(f"{{name}}={{os.environ[name]}}" for name in os.environ if name.endswith("_NUM_THREADS")))
print(sys.argv[1:3], sys.argv[3].split()[-1], sys.argv[5:], repr(sys.stdin.read()), file=sys.stderr)
os.write(int(sys.argv[4]), b'Ended {{"status": 0}}\\n')
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
    user()  # imports what cannot be imported from the path below
    with monkeypatch.context() as patch:
        patch.setattr(sys, "path", ["", "/a"])
        server = Server.start(threads=3)
    assert list(server.channel.receive()) == [Ended(0)]
    server.process.wait()
    server.errors.seek(0)
    module, threads = server.errors.read().decode().splitlines()
    assert module == f"['-P', '-c'] main() ['{Path.cwd()}', '/a'] ''"
    assert {"MKL_NUM_THREADS=3", "OMP_NUM_THREADS=3", "OPENBLAS_NUM_THREADS=1"} <= set(threads.split())
    server.stop()


def double(said: bytes = b"") -> tuple[Server, socket.socket]:
    """A server without a process, and its far end."""
    near, far = socket.socketpair()
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
    errors.write(said)
    process = SimpleNamespace(wait=lambda *_: 7, kill=lambda: None)
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


@pytest.mark.parametrize("at_work", [False, True])
def test_one_without_a_child_is_ended_at_once(at_work: bool) -> None:
    server, far = double()
    ended: list[bool] = []
    server.at_work, server.process.kill = at_work, lambda: ended.append(True)  # type: ignore[method-assign]
    server.stop()
    assert ended == ([] if at_work else [True])
    far.close()


def test_one_that_a_task_has_halted_is_stopped_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.execute.executors.server.LAST_WORDS", 0.05)
    server, far = double()
    server.at_work, server.process = True, subprocess.Popen(["sleep", "60"])
    server.process.send_signal(signal.SIGSTOP)
    server.stop()
    assert server.process.returncode == -signal.SIGKILL
    far.close()


def test_one_whose_far_end_has_gone_is_stopped_all_the_same() -> None:
    server, far = double()
    far.close()
    server.stop()
    assert server.errors.closed


def test_what_lies_in_the_working_directory_takes_no_librarys_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that can be imported here can be imported there, but after the libraries."""
    for name in ("wave", "only_here"):
        (tmp_path / f"{name}.py").write_text("found = __file__\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    ending = "print(hasattr(__import__('wave'), 'found'), __import__('only_here').found)"
    program = PROGRAM.replace("from bench.execute.executors.forkserver import main\nmain()", ending)
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, "3", *map(os.path.abspath, sys.path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"False {tmp_path / 'only_here.py'}\n"


def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", fail)
    assert environment(1)["USER"] == str(os.getuid())
