"""What went wrong, as data: an exception becomes an outcome with its reason."""

from __future__ import annotations

import traceback

from bench.errors import BenchError, Missing, Skip
from bench.measure.agreement import Disagreement
from bench.model import Outcome

KILLED = "its process was killed"
"""How the reason begins where a child was ended with its warm process, and not by what it did."""
ENDED = ("died of SIGTERM", "died of SIGKILL", "died of SIGHUP", KILLED)
"""How the reason begins of what did not end by itself."""
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc")


class Told(Exception):
    """What went wrong in another process, as that process or its end has told it."""

    def __init__(self, outcome: Outcome, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.outcome: Outcome = outcome
        self.reason, self.detail = reason, detail


def outcome_of(error: Exception) -> tuple[Outcome, str, str]:
    """Outcome, reason and detail of what went wrong."""
    if isinstance(error, Told):
        return error.outcome, error.reason, error.detail
    if isinstance(error, Skip | Missing):
        return "skipped", str(error), ""
    if isinstance(error, Disagreement):
        return "disagrees", str(error), ""
    if isinstance(error, BenchError):
        return "failed", str(error), ""
    detail = "".join(traceback.format_exception(error))
    # torch raises a RuntimeError where the C library gives it no memory: only its words tell.
    if isinstance(error, MemoryError) or any(words in str(error) for words in OUT_OF_MEMORY):
        return "oom", one_line(error), detail
    return "failed", one_line(error), detail


def one_line(error: BaseException) -> str:
    """An exception in one line: its type, and the first line of its message."""
    first = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


SEVERITY: dict[Outcome, int] = {"ok": 0, "skipped": 1, "oom": 2, "timeout": 3, "failed": 4, "disagrees": 5}
"""Which outcome a case keeps when its tasks had several."""
