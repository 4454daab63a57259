"""Who is left behind: ended, waited for, and given up where the kernel does not let go.

Whatever waits for any child at all is tried in a process of its own: here it would wait for those of other tests.
"""

import os
import subprocess
import sys

import pytest

from bench.execute.executors import strays

FAMILY = """
import os, signal
from bench.execute.executors import strays

def forked(do=signal.pause):
    if pid := os.fork():
        return pid
    do()
    os._exit(0)

def nobody_is_left():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False

family = [forked() for _ in range(3)]
"""


def holds(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", FAMILY + program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_all_of_them_are_killed_and_waited_for() -> None:
    holds("assert strays.end() and nobody_is_left()")


def test_who_has_ended_is_let_go_and_only_the_asked_ones_status_is_told() -> None:
    holds("""
mine, other, alive = family
for pid in (other, mine):
    os.kill(pid, signal.SIGTERM)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
assert strays.reaped(mine) == signal.SIGTERM
assert strays.reaped(alive) is None
assert strays.end() and nobody_is_left()
""")


def test_whose_parent_has_died_before_it_could_say_so_ends() -> None:
    holds("""
assert os.waitpid(forked(lambda: strays.die_with(parent=1)), 0)[1] == os.EX_SOFTWARE << 8
assert strays.end()
""")


def none(pid: int, options: int) -> tuple[int, int]:
    raise ChildProcessError


def test_without_any_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "waitpid", none)
    monkeypatch.setattr(strays, "_descendants", lambda: pytest.fail("nobody was there to be looked for"))
    assert strays.end()
    assert strays.reaped(1) is None


def test_one_that_the_kernel_does_not_let_go_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(strays, "_any_left", lambda: True)
    monkeypatch.setattr(strays, "_descendants", list)
    monkeypatch.setattr("time.sleep", pauses.append)
    assert not strays.end()
    assert sum(pauses) == pytest.approx(strays.GRACE)
