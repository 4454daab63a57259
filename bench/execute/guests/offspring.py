"""The processes that a guest has started: what they compute counts as its own, and they are killed with it."""

from __future__ import annotations

import contextlib
import os
import signal

from bench.measure.disturbance import computed_by


def computed_by_children(pid: int) -> float:
    """Seconds of a core that the living descendants of a process have had, and those that it has waited for."""
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        ended = process.cpu_times()
        living = sum(computed_by(child.pid) for child in process.children(recursive=True))
        return float(living + ended.children_user + ended.children_system)
    return 0.0


def kill_family(pid: int) -> None:
    """Kill a process that nobody has waited for yet, and its descendants: those whose parents live."""
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        process.suspend()  # or it could start others meanwhile
        for child in process.children(recursive=True):
            child.kill()
    os.kill(pid, signal.SIGKILL)
