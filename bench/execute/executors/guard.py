"""Who is left when a warm process and the command that started it die in the same instant, and ends what they left.

What a task has put into a session of its own comes to the warm process, or is ended by the command where that has died.
Where both have, nobody would end it: so each warm process has a guard, which is no child of it, and waits for its end.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import select
import signal

from bench.execute.executors import strays


def guarded() -> mmap.mmap:
    """Start a guard of this process, which must have but one thread. A 1 in what this gives tells it that nothing is
    left to be ended. Where there is no room for another process, and elsewhere than on Linux, there is none."""
    settled = mmap.mmap(-1, 1)
    mark = os.environ.get(strays.MARK, "")
    if mark:
        with contextlib.suppress(AttributeError, OSError):
            life = os.pidfd_open(os.getpid())
            try:
                _start(life, mark, settled)
            finally:
                os.close(life)
    return settled


def _start(life: int, mark: str, settled: mmap.mmap) -> None:
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return
    try:
        # A child of this process would be ended with what its tasks leave behind.
        if not os.fork():
            _watch(life, mark, settled)
    finally:
        os._exit(os.EX_OK)


def _watch(life: int, mark: str, settled: mmap.mmap) -> None:
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.chdir("/")
    # The command must hear the end of the warm process by the end of its socket, which is open here too.
    os.closerange(0, life)
    os.closerange(life + 1, os.sysconf("SC_OPEN_MAX"))
    end = select.poll()
    end.register(life, select.POLLIN)
    end.poll()
    if not settled[0]:
        strays.end_marked(mark)
