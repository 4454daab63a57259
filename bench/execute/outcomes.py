"""What went wrong, as data: an exception becomes an outcome with its reason."""

from __future__ import annotations

import traceback

from bench.errors import BenchError, Missing, Skip
from bench.measure.agreement import Disagreement
from bench.model import Outcome
from bench.plugins import exit_in_words
from bench.texts import escaped

REASON = 500
"""Characters of a reason: it stands on a line of the terminal and of the page."""
DETAIL = 8_000
"""Bytes of a detail, which is a traceback: its ends say most."""
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


def outcome_of(error: BaseException) -> tuple[Outcome, str, str]:
    """Outcome, reason and detail of what went wrong, none longer than a run can keep."""
    outcome, reason, detail = _outcome_of(error)
    return outcome, sized(reason), ends(detail)


def _outcome_of(error: BaseException) -> tuple[Outcome, str, str]:
    if isinstance(error, Told):
        return error.outcome, error.reason, error.detail
    said = words_of(error)
    if isinstance(error, Skip | Missing):
        return "skipped", said, ""
    if isinstance(error, Disagreement):
        return "disagrees", said, ""
    if isinstance(error, BenchError):
        return "failed", said, ""
    # torch raises a RuntimeError where the C library gives it no memory: only its words tell.
    if isinstance(error, MemoryError) or any(words in said for words in OUT_OF_MEMORY):
        return "oom", one_line(error), traced(error)
    return "failed", one_line(error), traced(error)


def one_line(error: BaseException) -> str:
    """An exception in one line: its type, and the first line of its message."""
    if isinstance(error, SystemExit):
        return sized(exit_in_words(error))
    first = next(iter(words_of(error).strip().splitlines()), "")
    return sized(f"{type(error).__name__}: {first}" if first else type(error).__name__)


def words_of(error: BaseException) -> str:
    """The message of an exception. It may be an author's class, whose ``str`` raises like anything else."""
    try:
        return str(error)
    except Exception as second:
        return f"(its message cannot be shown: str() of it raises {type(second).__name__})"


def traced(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except Exception:  # as its message: what an author's class does there may be anything
        return "".join(traceback.format_tb(error.__traceback__))


def sized(reason: str) -> str:
    """A reason of at most so many characters, in Unicode and without what moves a cursor."""
    shown = escaped(reason.strip(), keep="\n\t")
    return shown if len(shown) <= REASON else f"{shown[: REASON - 40]}… ({len(shown)} characters)"


def ends(detail: str) -> str:
    """A detail of at most so many bytes: how it begins, and how it ends."""
    shown = escaped(detail, keep="\n\t")
    data = shown.encode()
    if len(data) <= DETAIL:
        return shown
    half = DETAIL // 2 - 50
    first, last = (part.decode(errors="ignore") for part in (data[:half], data[-half:]))
    return f"{first}\n… ({len(data) - 2 * half} bytes are left out)\n{last}"


SEVERITY: dict[Outcome, int] = {"ok": 0, "skipped": 1, "oom": 2, "timeout": 3, "failed": 4, "disagrees": 5}
"""Which outcome a case keeps when its tasks had several."""
