"""Who is left behind: ended, waited for, and given up where the kernel does not let go.

Whatever waits for any child at all is tried in a process of its own: here it would wait for those of other tests.
"""

import os
import subprocess
import sys

import pytest

from bench.execute.executors import strays

FAMILY = """
import atexit, os, signal
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

def kill(family):
    for pid in family:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

family = [forked() for _ in range(3)]
atexit.register(kill, family)  # a test that fails would be waited for until they let go of its output
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


def test_a_warm_process_that_imports_dies_with_who_started_it() -> None:
    holds("""
def imports():
    os.environ[strays.MARK] = f"{os.getppid()}.x"
    strays.die_with_starter()
    os.write(writing, b"x")
    signal.pause()

def starts():
    global child
    child = forked(imports)
    os.read(reading, 1)
    os.write(told, str(child).encode())

reading, writing = os.pipe()
telling, told = os.pipe()
strays.adopt()
starter = forked(starts)
child = int(os.read(telling, 20))
os.waitpid(starter, 0)  # only then has the child come to this process
assert os.waitpid(child, 0)[1] == signal.SIGKILL
assert strays.end()
""")


def test_nor_can_one_whose_starter_has_died_already() -> None:
    holds("""
os.environ[strays.MARK] = "1.x"
assert os.waitpid(forked(strays.die_with_starter), 0)[1] == os.EX_SOFTWARE << 8
assert strays.end()
""")


def test_who_carries_the_mark_is_ended_wherever_it_is() -> None:
    holds("""
import subprocess
mark = strays.new_mark()
marked = subprocess.Popen(["sleep", "600"], env={strays.MARK: mark}, start_new_session=True)
other = subprocess.Popen(["sleep", "600"], env={strays.MARK: strays.new_mark()})
import threading
waiting = threading.Thread(target=marked.wait)
waiting.start()
assert strays.end_marked(mark)
waiting.join()
assert marked.returncode == -signal.SIGKILL
assert other.poll() is None
other.kill(), other.wait()
assert strays.end()
""")


def test_who_is_just_becoming_another_program_is_looked_for_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, killed = iter([[1], [], [2], [], []]), list[int]()
    monkeypatch.setattr(strays, "_marked", lambda value: next(seen))
    monkeypatch.setattr(strays, "_kill", killed.extend)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    assert strays.end_marked("mark")
    assert killed == [1, 2]
