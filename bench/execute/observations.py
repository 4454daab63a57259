"""From what is known of a child process to an observation, also when it died without a word."""

from __future__ import annotations

import signal
from pathlib import Path

from bench.execute.executors.local import Reply
from bench.model import Observation, Outcome, Seen, Task

VMSTAT = Path("/proc/vmstat")


def oom_kills() -> int:
    """How many processes the kernel has killed for want of memory since it started (0 where it does not say)."""
    try:
        counters = dict(line.split() for line in VMSTAT.read_text().splitlines())
    except (OSError, ValueError):
        return 0
    return int(counters.get("oom_kill", 0))


def observe(task: Task, reply: Reply, timeout: float | None, starved: bool) -> Observation:
    """The child's own observation, or one that says how it died.

    :param starved: whether the kernel killed for want of memory meanwhile
    """
    if isinstance(reply.answer, Observation) and not reply.timed_out:
        return reply.answer
    outcome, reason = death(reply, timeout, starved)
    culprits = {reply.variant: Seen(outcome=outcome, reason=reason, detail=reply.ended.output)} if reply.variant else {}
    return Observation(task=task, outcome=outcome, reason=reason, detail=reply.ended.output, variants=culprits)


def death(reply: Reply, timeout: float | None, starved: bool) -> tuple[Outcome, str]:
    status = reply.ended.status
    if reply.timed_out:
        return "timeout", f"took longer than {timeout:g} s and was killed; --timeout allows more"
    if status == -signal.SIGKILL and starved:
        return "oom", "the kernel killed it, for the machine had no memory left"
    if status < 0:
        return "failed", f"died of {signal_name(-status)}"
    return "failed", f"ended with exit status {status} before it gave an answer"


def signal_name(number: int) -> str:
    try:
        return f"{signal.Signals(number).name} ({signal.strsignal(number)})"
    except ValueError:
        return f"signal {number}"
