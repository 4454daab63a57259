"""Fences and placements: what they hold, and one clear line for each that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.report.answers import outline as o
from bench.report.answers import problems


def lines(answer: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.text) for problem in problems.of(o.outline(answer, "ex03"))]


def test_a_fence_may_hold_all_that_markdown_has() -> None:
    answer = "## a\n::: details Code\n```\n:::\n```\n- one\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |\n:::\nEnd\n"
    (chapter,) = o.outline(answer, "ex03")
    fence, rest = chapter.items
    assert isinstance(fence, o.Fence)
    assert (fence.title, fence.line, len(fence.items)) == ("Code", 2, 3)
    assert isinstance(rest, o.Passage)
    assert lines(answer) == []


@pytest.mark.parametrize(
    ("answer", "line", "says"),
    [
        ("::: answer\nYes.\n", 1, "::: answer is not closed: write ::: below its text"),
        ("::: answer\nYes.\n\n## b\n\nNo.", 1, "::: answer is not closed"),
        ("Yes.\n\n:::\n", 3, "::: closes nothing"),
        (
            "::: details A\n::: details B\nx\n:::\n:::",
            2,
            "::: details begins before ::: details of line 1 is closed: fences do not nest",
        ),
        ("::: answer\nYes.\n\n::: details B\nx\n:::\n", 4, "begins before ::: answer of line 1 is closed"),
        ("::: note\nx\n:::", 1, "::: note is not known; there are answer and details"),
        ("::: detials A\nx\n:::", 1, "::: detials is not known; did you mean details?"),
        ("::: answer Yes.\nx\n:::", 1, "stands alone on its line"),
        ("::: details\nx\n:::", 1, "needs a title"),
        ("- one\n\n  ::: details A\n  x\n  :::\n", 3, "::: stands in a list or a quote"),
        ("> ::: answer\n> x\n> :::\n", 1, "::: stands in a list or a quote"),
        ('One\ntwo {{ chart("a", "x") }}', 2, "put it on a line of its own"),
        ('- {{ chart("a", "x") }}', 1, "put it on a line of its own"),
        ('::: answer\n{{ chart("a", "x") }}\n:::', 2, "put it on a line of its own"),
        ('{{ chart("a", "x") }} {{ claim("c") }}', 1, "put it on a line of its own"),
        ('{{ chart("a", "x") }}\n{{ chart("a") }}', 2, "takes 2 names"),
        ("::: answer\n| a |\n| - |\n| {{ guess() }} |\n:::", 4, "guess() is not known"),
        ("## a — $a & b$", 1, "a raw &"),
        ("a\n$x$ and\n$b & c$", 3, "a raw &"),
    ],
)
def test_each_mistake_is_one_line_with_its_number(answer: str, line: int, says: str) -> None:
    ((number, text),) = lines(answer)
    assert number == line
    assert says in text
    assert "\n" not in text


def test_calls_of_one_line_stand_together() -> None:
    (chapter,) = o.outline(
        '{{ chart("a", "x") }} {{ figure("a", "y") }}\n{{ chart("a",\n"z") }}\n{{ table("a", "t") }}', "ex03"
    )
    placed = [
        (item.line, [call.names[1] for call in item.calls]) for item in chapter.items if isinstance(item, o.Placed)
    ]
    assert placed == [(1, ["x", "y"]), (2, ["z"]), (4, ["t"])]


def test_a_fence_ends_with_its_chapter() -> None:
    first, second = o.outline("## a\n\n::: details T\nx\n\n## b\n\ny", "ex03")
    assert [type(item) for item in first.items] == [o.Problem, o.Passage]
    assert second.question == "b"


FENCING = ["::: answer", "::: details T", ":::", "::::", "::: x", "  :::"]
MARKDOWN = ["## a", "## 3b — y", "text", "", "- item", "> q", "```", "$$", "$x$", "| a |", "| - |", "    code"]
CALLING = ['{{ chart("a", "x") }}', '{{ claim("c") }}', "{{ chart( }}", "{{", "}}"]
PIECES = st.sampled_from(FENCING + MARKDOWN + CALLING)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.lists(PIECES, max_size=14).map("\n".join), st.text(":{}#-a $`>|\n", max_size=60), st.text(max_size=60))
)
def test_whatever_is_written_has_an_outline_and_problems_of_one_line(answer: str) -> None:
    chapters = o.outline(answer, "ex03")
    for problem in problems.of(chapters):
        assert 1 <= problem.line <= answer.count("\n") + 1
        assert len(problem.text.splitlines()) == 1
    assert len({chapter.line for chapter in chapters if chapter.heading}) == sum(bool(c.heading) for c in chapters)
