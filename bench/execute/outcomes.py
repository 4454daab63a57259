"""What went wrong, as data: an exception becomes an outcome with its reason."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import TypeGuard, TypeVar

from bench.errors import BenchError, Missing, Skip
from bench.measure.agreement import Disagreement
from bench.model import Outcome
from bench.plugins import exit_in_words
from bench.texts import class_of, escaped, words_of

E = TypeVar("E", bound=BaseException)
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
    if is_a(error, Told):
        return error.outcome, error.reason, error.detail
    said = words_of(error)
    if is_a(error, Skip) or is_a(error, Missing):
        return "skipped", said, ""
    if is_a(error, Disagreement):
        return "disagrees", said, ""
    if is_a(error, BenchError):
        return "failed", said, ""
    # torch raises a RuntimeError where the C library gives it no memory: only its words tell.
    if is_a(error, MemoryError) or any(words in said for words in OUT_OF_MEMORY):
        return "oom", one_line(error), traced(error)
    return "failed", one_line(error), traced(error)


def is_a(error: BaseException, kind: type[E]) -> TypeGuard[E]:
    """What its class is. ``isinstance`` asks the exception itself too, which may be an author's and answer anything."""
    return issubclass(type(error), kind)


def one_line(error: BaseException) -> str:
    """An exception in one line: its type, and the first line of its message."""
    if is_a(error, SystemExit):
        return sized(exit_in_words(error))
    first = next(iter(words_of(error).strip().splitlines()), "")
    return sized(f"{class_of(error)}: {first}" if first else class_of(error))


def traced(error: BaseException) -> str:
    """As much of its traceback as can be told: what an author's class, or a loader of sources, does there may be
    anything."""
    for told in (traceback.format_exception, _without_message, _places):
        with contextlib.suppress(BaseException):
            return "".join(told(error))
    return ""


def _without_message(error: BaseException) -> list[str]:
    return traceback.format_tb(_traceback(error))


def _places(error: BaseException) -> Iterator[str]:
    """The lines by their numbers alone."""
    at = _traceback(error)
    while at:
        code = at.tb_frame.f_code
        yield f'  File "{code.co_filename}", line {at.tb_lineno}, in {code.co_name}\n'
        at = at.tb_next


def _traceback(error: BaseException) -> TracebackType | None:
    """Whatever its class says of that."""
    at: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
    return at


def print_traced(error: BaseException) -> None:
    """On stderr, if there still is one that takes it."""
    with contextlib.suppress(Exception):
        sys.stderr.write(traced(error))


def sized(reason: str) -> str:
    """A reason of at most so many characters, in Unicode and without what moves a cursor."""
    said = reason.strip()
    shown = escaped(said[: REASON + 1], keep="\n\t")
    return shown if len(said) <= REASON >= len(shown) else f"{shown[: REASON - 40]}… ({len(said)} characters)"


def ends(detail: str) -> str:
    """A detail of at most so many bytes: how it begins, and how it ends."""
    # Of hundreds of megabytes the middle goes first: to look at each letter of them takes as long as a task may.
    middle = detail[DETAIL:-DETAIL]
    shown = escaped(f"{detail[:DETAIL]}{detail[-DETAIL:]}" if middle else detail, keep="\n\t")
    data = shown.encode()
    if len(data) <= DETAIL:
        return shown
    half = DETAIL // 2 - 50
    first, last = (part.decode(errors="ignore") for part in (data[:half], data[-half:]))
    left = len(data) - 2 * half + len(middle.encode(errors="surrogatepass"))
    return f"{first}\n… ({left} bytes are left out)\n{last}"


SEVERITY: dict[Outcome, int] = {"ok": 0, "skipped": 1, "oom": 2, "timeout": 3, "failed": 4, "disagrees": 5}
"""Which outcome a case keeps when its tasks had several."""
