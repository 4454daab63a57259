"""Sentences with live numbers, filled in with those of a kept run."""

from __future__ import annotations

import re

from bench.errors import BenchError
from bench.model import Run
from bench.report.answers import calls, numbers
from bench.report.answers.markdown import CALL
from bench.report.answers.terminal import SIGNS
from bench.report.readme.escaped import plain


def filled(text: str, run: Run, exercise: str) -> str:
    """``text`` with a number for every ``{{ call }}``. Raises ``BenchError`` for what the run has not measured."""
    resolve = numbers.resolver(run, exercise)

    def number(match: re.Match[str]) -> str:
        shown = resolve(calls.parse(match[1]))
        if not shown.measured:
            raise BenchError(f"{run.id} has not measured {match[1].strip()}")
        return plain(f"{shown.text}{SIGNS[shown.ok]}")

    return CALL.sub(number, text)
