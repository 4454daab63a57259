"""Exceptions become outcomes."""

import linecache
from typing import get_args

import pytest

from bench.errors import BenchError, Missing, PluginError, Skip
from bench.execute.outcomes import SEVERITY, one_line, outcome_of
from bench.measure.agreement import Disagreement
from bench.model import Outcome
from tests.faults.faulty_exercises.f59_words import ClassError, HidingError, LeavingError, WordyError


def test_a_traceback_is_told_without_its_lines_where_nobody_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no sources")

    try:
        raise ValueError("told")
    except ValueError as error:
        with monkeypatch.context() as patch:
            patch.setattr(linecache, "getline", refuse)
            outcome, reason, detail = outcome_of(error)
    assert (outcome, reason) == ("failed", "ValueError: told")
    assert detail.endswith("in test_a_traceback_is_told_without_its_lines_where_nobody_gives_them\n")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Skip("no point here"), "skipped"),
        (Missing("no data; fetch them"), "skipped"),
        (Disagreement("off by 2"), "disagrees"),
        (BenchError("no lock"), "failed"),
        (PluginError("no reference"), "failed"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_ours_says_all_in_its_message(error: Exception, outcome: Outcome) -> None:
    assert outcome_of(error) == (outcome, str(error), "")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (MemoryError(), "oom"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory"), "oom"),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes"), "oom"),
        (RuntimeError("std::bad_alloc"), "oom"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "oom"),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), "failed"),
        (KeyError("out of range"), "failed"),
    ],
)
def test_any_other_error_keeps_its_traceback(error: Exception, outcome: Outcome) -> None:
    try:
        raise error
    except Exception as raised:
        found, reason, detail = outcome_of(raised)
    assert (found, reason) == (outcome, one_line(error))
    assert detail.startswith("Traceback")
    assert "raise error" in detail


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("short"), "ValueError: short"),
        (ValueError("\n the first \nthe second"), "ValueError: the first"),
        (ValueError(), "ValueError"),
        (ValueError(" \n"), "ValueError"),
    ],
)
def test_a_reason_is_one_line(error: Exception, line: str) -> None:
    assert one_line(error) == line


def test_every_outcome_has_a_rank_of_its_own_and_ok_is_the_mildest() -> None:
    assert set(SEVERITY) == set(get_args(Outcome))
    assert len(set(SEVERITY.values())) == len(SEVERITY)
    assert min(SEVERITY, key=lambda outcome: SEVERITY[outcome]) == "ok"


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_an_exception_whose_message_raises_has_a_reason() -> None:
    outcome, reason, detail = outcome_of(MuteError())
    assert outcome == "failed"
    assert reason == "MuteError: (its message cannot be shown: str() of it raises RuntimeError)"
    assert "MuteError" in detail


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (WordyError(), "WordyError: of its own class"),
        (LeavingError(), "LeavingError: (its message cannot be shown: str() of it raises SystemExit)"),
        (HidingError("hidden"), "HidingError: hidden"),
        (ClassError("nameless"), "ClassError: nameless"),
        (SystemExit(LeavingError), "called sys.exit(<class 'tests.faults.faulty_exercises.f59_words.LeavingError'>)"),
        (SystemExit("x" * 1_000), f"called sys.exit('{'x' * 398}…)"),
    ],
    ids=lambda value: type.__dict__["__name__"].__get__(type(value)),
)
def test_an_exception_that_answers_what_it_likes_is_told_by_its_class(error: BaseException, reason: str) -> None:
    try:
        raise error
    except BaseException as raised:
        outcome, said, detail = outcome_of(raised)
    assert (outcome, said) == ("failed", reason)
    assert "test_outcomes.py" in detail


@pytest.mark.parametrize(("code", "call"), [(0, "sys.exit(0)"), (None, "sys.exit()"), ("bye", "sys.exit('bye')")])
def test_an_exit_is_called_what_it_is(code: object, call: str) -> None:
    assert outcome_of(SystemExit(code))[:2] == ("failed", f"called {call}")


@pytest.mark.parametrize("letter", ["x", "ü", "\0", "\ud800"])
def test_reason_and_detail_have_a_length(letter: str) -> None:
    _, reason, detail = outcome_of(ValueError(letter * 200_000))
    assert reason.startswith("ValueError: ")
    assert len(reason) <= 500
    assert len(detail.encode()) <= 8_000
    assert "bytes are left out" in detail
    assert len(outcome_of(BenchError(letter * 200_000))[1]) <= 500


def test_a_reason_moves_no_cursor() -> None:
    assert one_line(ValueError("\x1b[2J red")) == "ValueError: \\x1b[2J red"
