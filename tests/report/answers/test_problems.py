"""What an answer asks for, line by line; its mistakes are tested with the outline that has them."""

from __future__ import annotations

from bench.report.answers import problems
from bench.report.answers.outline import outline
from bench.report.answers.pieces import Reference

ANSWER = """# Title

## a — {{ metric("m") }}

One
{{ claim("c") }} and {{ claim( }}

::: details T
- {{ time("b", "v") }}

{{ chart("a", "x") }} {{ table("a", "t") }}
:::
"""


def test_live_numbers_are_told_with_their_lines() -> None:
    assert list(problems.asked(outline(ANSWER, "ex03"))) == [
        (3, Reference("metric", ("m",))),
        (6, Reference("claim", ("c",))),
        (9, Reference("time", ("b", "v"))),
    ]


def test_what_is_placed_is_told_with_its_line() -> None:
    assert list(problems.placed(outline(ANSWER, "ex03"))) == [
        (11, Reference("chart", ("a", "x"))),
        (11, Reference("table", ("a", "t"))),
    ]


def test_problems_stand_in_the_order_of_the_text() -> None:
    assert [problem.line for problem in problems.of(outline(ANSWER + "\n$a & b$", "ex03"))] == [6, 14]
