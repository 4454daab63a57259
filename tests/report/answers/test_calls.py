"""Calls in an answer: parsed and never run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.report.answers import calls
from bench.report.answers.formulas import ReportError
from bench.report.answers.pieces import Reference


def test_live_numbers_are_parsed_not_run() -> None:
    assert calls.parse(' claim("a = b") ') == Reference("claim", ("a = b",))
    assert calls.parse('ratio("a.speed", "by hand", batch=8, device="cuda")') == Reference(
        "ratio", ("a.speed", "by hand"), (("batch", 8), ("device", "cuda"))
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('guess("x")', "not known"),
        ("claim", "not a call"),
        ("claim(", "not a call"),
        ("claim(x)", "constants"),
        ('claim(__import__("os").getcwd())', "constants"),
        ('claim("a", "b")', "takes 1 name"),
        ("claim(1)", "in quotes"),
        ('claim("a", batch=1)', "no parameters"),
        ('ratio("a")', "takes 2 names"),
        ('ratio("a", "b", **{"c": 1})', "parameter"),
        ('"a".claim("b")', "not a call"),
        ('ratio("a", "b", batch=[1])', "parameter"),
        ('ratio("a", "b", batch=(1, (2,)))', "parameter"),
        ("claim({[]: 1})", "constants"),
        ("claim(-True)", "constants"),
        ("-" * 500 + "1", "not a call"),
        ('claim("' + "x" * 600 + '")', "too long"),
        ('chrt("a", "loss")', r"did you mean chart\?"),
        ('chart("a")', r'takes 2 names in quotes: chart\("part", "curve"\)'),
        ('chart("a", "loss", kind="noisy")', "kind is course or noise or law, not 'noisy'"),
        ('chart("a", "loss", knd="noise")', r"takes no knd; did you mean kind\?"),
        ('chart("a", "loss", by=3)', "by is a text"),
        ('chart("a", "loss", beside=1)', "beside is True or False, not 1"),
        ('compare("a.speed", show="speed")', "show is ratio or time or"),
        ('figure("b", "Paths", **{"beside": True})', r"takes no \*\*"),
    ],
)
def test_anything_but_a_known_call_on_constants_is_refused(text: str, why: str) -> None:
    with pytest.raises(ReportError, match=why):
        calls.parse(text)


def test_placing_calls_have_options() -> None:
    text = 'chart("a", "cost", kind="noise", by="series", beside=True)'
    assert calls.parse(text) == Reference(
        "chart", ("a", "cost"), (("kind", "noise"), ("by", "series"), ("beside", True))
    )
    assert calls.parse('compare("a.speed", show="ratio")') == Reference("compare", ("a.speed",), (("show", "ratio"),))
    assert [calls.parse(f'{name}("b", "x")').function for name in ("figure", "table")] == ["figure", "table"]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text('claimtrto("ab,=1.){}[]*-', max_size=60)))
def test_whatever_is_written_is_a_call_or_one_line(text: str) -> None:
    said = ""
    try:
        assert calls.parse(text).function in calls.SIGNATURES
    except ReportError as error:
        said = str(error)
    assert len(said.splitlines()) < 2
