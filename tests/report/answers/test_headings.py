"""Which question a heading names."""

from __future__ import annotations

import pytest

from bench.report.answers import headings


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("3a — Average pooling", "a"),
        ("3a. Average pooling", "a"),
        ("3 a: pooling", "a"),
        ("3.a pooling", "a"),
        ("(3b) pooling", "b"),
        ("ex03.a.speed", "a.speed"),
        ("Ex3a", "a"),
        ("3.4 Dropout", "4"),
        ("3 exercises about pooling", ""),
        ("30a — something", ""),
        ("A remark", ""),
        ("References", ""),
        ("a — Why?", "a"),
        ("a - Why?", "a"),
        ("a: Why?", "a"),
        ("a. Why?", "a"),
        ("(a) Why?", "a"),
        ("a) Why?", "a"),
        ("a", "a"),
        ("b.speed — Which is faster?", "b.speed"),
        ("a.1 — L1", "a.1"),
        ("a batch of one", ""),
        ("a-priori bounds", ""),
        ("A. Setting", ""),
        ("as: before", ""),
        ("$x$: the input", ""),
        ("12 — a dozen", ""),
        ("", ""),
    ],
)
def test_questions_are_read_off_headings(heading: str, question: str) -> None:
    assert headings.question_of(heading, "ex03") == question


@pytest.mark.parametrize("level", [1, 3, 4])
def test_a_letter_alone_binds_at_level_two_only(level: int) -> None:
    assert headings.question_of("a — Why?", "ex03", level) == ""
    assert headings.question_of("3a — Why?", "ex03", level) == "a"


def test_references_end_the_questions() -> None:
    assert headings.closes(" References and further reading ")
    assert not headings.closes("a — References")
