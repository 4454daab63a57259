"""A guard ends what is left when nobody else can: tried with a warm process that is killed, and nobody to tidy up.

Whatever waits for any child at all is tried in a process of its own: here it would wait for those of other tests.
"""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, signal, subprocess
from bench.execute.executors import guard, strays

MARK = strays.new_mark()
AWAY = {"env": {strays.MARK: MARK}, "start_new_session": True, "stdin": subprocess.DEVNULL}
told, tell = os.pipe()

def warm(then):
    "Its number, and that of what it has left in a session of its own, which come to this process after its end."
    if not (pid := os.fork()):
        os.environ[strays.MARK] = MARK
        settled = guard.guarded()
        os.write(tell, b"%d" % subprocess.Popen(["sleep", "600"], **AWAY).pid)
        then(settled)
        os._exit(0)
    return pid, int(os.read(told, 20))

def settle(settled):
    settled[0] = 1

strays.adopt()
try:
    {then}
finally:
    strays.end()
"""


def holds(then: str) -> None:
    program = PROGRAM.replace("{then}", then.strip().replace("\n", "\n    "))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_one_leaves_that_is_killed_is_ended() -> None:
    holds("""
pid, left = warm(lambda settled: signal.pause())
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
assert os.waitpid(left, 0)[1] == signal.SIGKILL
""")


def test_nothing_is_looked_for_where_all_is_settled() -> None:
    holds("""
pid, left = warm(settle)
os.waitpid(pid, 0)
guard, status = os.waitpid(-1, 0)
assert guard not in (pid, left) and status == 0
assert os.waitpid(left, os.WNOHANG) == (0, 0)
""")


def test_it_is_no_child_and_holds_no_file_of_who_it_guards() -> None:
    holds("""
os.environ[strays.MARK] = MARK
reading, writing = os.pipe()
strays._prctl(strays.PR_SET_CHILD_SUBREAPER, 0)
guard.guarded()
strays.adopt()
os.close(writing)
assert os.read(reading, 1) == b""
assert not strays._any_left()
""")


def test_without_a_mark_or_the_system_s_help_there_is_none() -> None:
    holds("""
os.environ.pop(strays.MARK, None)
guard.guarded()
os.environ[strays.MARK] = MARK
del os.pidfd_open
guard.guarded()
assert not strays._any_left()
""")
