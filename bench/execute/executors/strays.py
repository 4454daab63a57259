"""Processes that a task leaves behind: they come to the warm process, however far they went, and are ended there.

Killing the task's process group is not enough: a child that calls ``setsid`` leaves the group, and one whose parent has
ended would go to the machine's first process. A subreaper (prctl(2), since Linux 3.4) gets it instead.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
import uuid

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
MARK = "BENCH_WARM"
"""The variable by which descendants of a warm process are known after its death. It is in the memory of whoever was
forked, and comes to whatever a fork starts with its environment."""
GRACE = 2.0
"""Seconds within which what was killed has to be gone: a process with much memory, or on a GPU, takes a while. What is
stuck in the kernel for longer is tried again after the next task."""
PAUSE = 0.002


def adopt() -> None:
    """From now on every descendant that loses its parent becomes a child of this process. Elsewhere than on Linux
    nothing changes."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> None:
    """Have the kernel end this process as soon as its parent has ended, however that died. The parent must have but
    one thread: it is the end of the thread that forked which counts."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it may have died before
        os._exit(os.EX_SOFTWARE)


def new_mark() -> str:
    """A value that no other warm process has: the number of this process, and something more."""
    return f"{os.getpid()}.{uuid.uuid4().hex}"


def die_with_starter() -> None:
    """In a warm process that imports: it hears nothing, not even that who started it has died."""
    starter, _, _ = os.environ.get(MARK, "").partition(".")
    if starter:
        die_with(int(starter))


def live_on() -> None:
    """Take that back."""
    _prctl(PR_SET_PDEATHSIG, 0)


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def reaped(pid: int) -> int | None:
    """The wait status of a child, if it has ended. Others that have are let go: nobody else will ask for theirs."""
    found = None
    while ended := _next_ended():
        if ended[0] == pid:
            found = ended[1]
    return found


def _next_ended() -> tuple[int, int] | None:
    """Number and status of a child that has ended."""
    with contextlib.suppress(ChildProcessError):
        ended = os.waitpid(-1, os.WNOHANG)
        return ended if ended[0] else None
    return None


def end() -> bool:
    """Kill all that has come to this process, and what that has started; whether all of it is gone."""
    for _ in range(round(GRACE / PAUSE)):
        # Nearly always there is none: one system call then, for this is done after every task.
        if not _any_left():
            return True
        # Again and again: it may start others while it is being listed.
        _kill(_descendants())
        time.sleep(PAUSE)
    return False


def end_marked(value: str) -> bool:
    """Kill all that carry this value of the mark, for nobody is left to whom they would come; whether all are gone."""
    quiet = 0
    for _ in range(round(GRACE / PAUSE)):
        found = _marked(value)
        # Twice, for one that is just becoming another program shows no environment at that moment.
        quiet = 0 if found else quiet + 1
        if quiet == 2:
            return True
        _kill(found)
        time.sleep(PAUSE)
    return False


def kill(leader: int) -> None:
    """End a process and its group; before it has one, or after it has left it, itself."""
    for send in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            send(leader, signal.SIGKILL)


def _kill(pids: list[int]) -> None:
    for each in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(each, signal.SIGKILL)


def _any_left() -> bool:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _descendants() -> list[int]:
    import psutil  # only here: without it the warm process is ready sooner

    with contextlib.suppress(psutil.Error):
        return [each.pid for each in psutil.Process().children(recursive=True)]
    return []


def _marked(value: str) -> list[int]:
    import psutil

    found = []
    for process in psutil.process_iter():
        # Of others' processes the environment is hidden, and a zombie has none.
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == value:
                found.append(process.pid)
    return found
