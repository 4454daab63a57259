"""The warm process: what becomes of a child, of what it prints, of what it leaves running, and of the server itself."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bench.execute.executors.conversation import Conversation
from bench.execute.executors.forkserver import OUTPUT
from bench.execute.executors.server import Server
from bench.execute.messages import Ended, Reply, Started
from bench.model import Broken
from tests.execute.executors import light
from tests.execute.executors.light import gone

Do = Callable[[str], Reply]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = light.start()
    yield server
    server.stop()


@pytest.fixture
def do(server: Server) -> Do:
    """Has a child run some code, and gives what came of it."""

    def do(code: str) -> Reply:
        order = light.order(code)
        return Conversation(order=order, server=server, timeout=None, listen=lambda progress: None).hold()

    return do


@pytest.mark.parametrize(
    ("code", "status", "output"),
    [
        ("print('out')", 0, "out\n"),
        ("import os; os._exit(3)", 3, ""),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL, ""),
        ("import sys; print('out', flush=True); print('error', file=sys.stderr)", 0, "out\nerror\n"),
        ("import sys; print(repr(sys.stdin.read()))", 0, "''\n"),
        ("import atexit; atexit.register(print, 'the clean-up of the parent')", 0, ""),
    ],
)
def test_a_child_ends_with_its_status_and_what_it_printed(do: Do, code: str, status: int, output: str) -> None:
    assert do(code).ended == Ended(status, output)


@pytest.mark.parametrize("closed", ["", "os.closerange(0, 256); "])
def test_what_ends_a_child_is_told_though_all_its_files_are_closed(do: Do, closed: str) -> None:
    assert do(f"import os; {closed}raise ValueError('why')").ended.words == "ValueError: why"
    assert do("import os; os._exit(70)").ended.words == "", "what ends by itself has told nobody"


def test_an_answer_that_cannot_be_sent_says_so(do: Do) -> None:
    closes = (
        "import os; os.close(channel.connection.fileno()); from bench.model import Broken; answer = Broken('a', 'b')"
    )
    words = "the connection for it was closed meanwhile (Bad file descriptor)"
    assert (do(closes).answer, do(closes).ended.words) == (None, words)


def test_of_a_child_that_forks_one_answers(do: Do) -> None:
    """The copy goes on like the task itself, and would have the last word."""
    code = """
import os
copy = os.fork()
if copy:
    os.waitpid(copy, 0)
    os._exit(3)
from bench.model import Broken
answer = Broken("ex91", "its copy")
"""
    assert (do(code).answer, do(code).ended.status) == (None, 3)


def test_of_much_output_the_end_is_kept(do: Do) -> None:
    assert do("print('x' * 100_000 + 'end')").ended.output == "x" * (OUTPUT - 4) + "end\n"


def test_what_a_child_does_not_catch_is_in_its_output(do: Do) -> None:
    ended = do("1 / 0").ended
    assert ended.status == 70
    assert ended.output.endswith("ZeroDivisionError: division by zero\n")


def test_a_crash_of_the_interpreter_shows_where_it_was(do: Do) -> None:
    ended = do("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)").ended
    assert ended.status == -signal.SIGSEGV
    assert "Fatal Python error: Segmentation fault" in ended.output


def test_an_answer_comes_before_the_end_and_a_torn_one_does_not_hide_it(do: Do) -> None:
    answer = "from bench.model import Broken; channel.send(Broken('ex91', 'why'));"
    assert do(answer).answer == Broken("ex91", "why")
    torn = do("import os; channel.connection.sendall(b'Broken {\"exer'); os.kill(os.getpid(), 9)")
    assert (torn.answer, torn.ended.status) == (None, -9)


def test_a_child_is_a_session_of_its_own_and_hears_ctrl_c(do: Do) -> None:
    assert do("import os; print(os.getsid(0) == os.getpgrp() == os.getpid())").ended.output == "True\n"
    assert do("import os, signal; os.kill(os.getpid(), signal.SIGINT)").ended.status == -signal.SIGINT


SLEEPER = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid, flush=True);"


def test_what_a_child_left_running_is_killed(do: Do) -> None:
    assert gone(int(do(SLEEPER).ended.output))


ESCAPER = """
import os, time
reading, writing = os.pipe()
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
    os.write(writing, str(os.getpid()).encode())
    time.sleep(600)
escaped = int(os.read(reading, 20))
print(escaped, flush=True)
"""
"""Leaves its group by ``setsid``, and its family by a second fork whose parent ends."""


def test_nor_does_it_help_to_leave_the_group_and_the_family(do: Do) -> None:
    assert gone(int(do(ESCAPER).ended.output))


def test_a_crash_saves_nobody_either(do: Do) -> None:
    ended = do(ESCAPER + "os.kill(os.getpid(), 9)").ended
    assert ended.status == -signal.SIGKILL
    assert gone(int(ended.output))


def test_the_status_is_the_childs_and_not_that_of_one_who_came_later(do: Do) -> None:
    """One that leaves the family ends with 7, and is waited for, while the child still works."""
    until_gone = """
try:
    while True:
        os.kill(escaped, 0)
        os.sched_yield()
except ProcessLookupError:
    os._exit(3)
"""
    assert do(ESCAPER.replace("time.sleep(600)", "os._exit(7)") + until_gone).ended.status == 3


def test_when_the_warm_process_dies_its_child_does_too() -> None:
    server = light.start()
    line = server.ask(light.order("import signal; signal.pause()"))
    (started,) = server.channel.receive()
    assert isinstance(started, Started)
    server.process.kill()
    server.process.wait(10)
    assert gone(started.pid)
    line.close()
    server.channel.close()
    server.errors.close()


def test_the_server_keeps_running_after_ctrl_c(server: Server, do: Do) -> None:
    do("")
    server.process.send_signal(signal.SIGINT)
    assert do("").ended == Ended(0)
    assert server.process.poll() is None


def test_what_one_child_imported_the_next_one_finds(do: Do) -> None:
    look = f"import sys; print({light.LIBRARY!r} in sys.modules);"
    assert [do(look + f"import {light.LIBRARY}").ended.output for _ in range(2)] == ["False\n", "True\n"]


def test_children_find_the_server_as_it_was(do: Do) -> None:
    do("import os; os.chdir('/'); os.environ['MARK'] = 'x'")
    assert do("import os; print(os.getcwd() == '/', 'MARK' in os.environ)").ended.output == "False False\n"


def test_a_child_does_nothing_before_its_start_is_told(tmp_path: Path) -> None:
    """One that halts this process before would have no deadline, and what one had started whose order came from a dead
    process outlived everybody."""
    pipe, told = tmp_path / "pipe", tmp_path / "told"
    os.mkfifo(pipe)
    server = light.start(late=str(pipe))
    line = server.ask(light.order(f"open({str(told)!r}, 'w').close()"))
    children = late_children(server.process.pid)
    server.channel.connection.close()
    pipe.open("w").close()
    assert server.process.wait(10) == 0
    assert gone(children[0].pid)
    assert not told.exists()
    line.close()
    server.errors.close()


def late_children(pid: int) -> list[psutil.Process]:
    while not (children := psutil.Process(pid).children()):
        os.sched_yield()
    return children


def test_when_the_main_process_dies_nothing_stays() -> None:
    """The kernel closes its socket, however it died."""
    server = light.start()
    line = server.ask(light.order(SLEEPER + "import signal; signal.pause()"))
    (started,) = server.channel.receive()
    assert isinstance(started, Started)
    while not (children := psutil.Process(started.pid).children()):
        os.sched_yield()
    server.channel.connection.close()
    assert server.process.wait(10) == 0
    assert gone(started.pid)
    assert gone(children[0].pid)
    line.close()
    server.errors.close()
