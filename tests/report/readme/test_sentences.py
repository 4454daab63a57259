"""Sentences hold the numbers of a run, or are refused."""

import pytest

from bench.errors import BenchError
from bench.model import Run
from bench.report.answers.formulas import ReportError
from bench.report.readme.sentences import filled


def test_calls_become_numbers(run: Run) -> None:
    text = filled(
        '- It is {{ ratio("a.speed", "by hand", batch=8) }}; {{ claim("as many steps as batches") }}.', run, "ex10"
    )
    assert "times faster" in text
    assert "128 = 128 ✓." in text
    assert "{{" not in text


def test_what_was_not_measured_is_refused(run: Run) -> None:
    with pytest.raises(BenchError, match=r'has not measured metric\("no such thing"\)'):
        filled('{{ metric("no such thing") }}', run, "ex10")
    with pytest.raises(ReportError):
        filled('{{ guess("x") }}', run, "ex10")
