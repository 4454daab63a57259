"""The Markdown of an answer: its title, its fences, and calls that are not closed."""

from __future__ import annotations

import pytest

from bench.report.answers import markdown
from bench.report.answers.live import Shown


@pytest.mark.parametrize(
    ("line", "fences"),
    [
        ("::: answer", ["answer"]),
        (":::: details A title", ["details A title"]),
        ("   :::", [""]),
        (":: answer", []),
        ("    ::: answer", []),
        ("text ::: answer", []),
        ("::: :::", []),
    ],
)
def test_a_fence_is_a_line_of_three_colons(line: str, fences: list[str]) -> None:
    assert [token.info for token in markdown.tokens(line) if token.type == "fence_line"] == fences


def test_the_title_is_left_out() -> None:
    assert markdown.tokens("# Title\n\nText")[1].content == "Text"
    assert markdown.tokens("## Title")[1].content == "Title"


def test_a_call_that_is_not_closed_is_text() -> None:
    html = markdown.parser(lambda reference: Shown("7")).render('{{ claim("a") and {{ claim("b")}}}')
    assert "{{" in html


@pytest.mark.parametrize("text", ["{{" * 3, "{{}}", "{{" + "x" * 1_201 + "}}", "{ { claim() } }"])
def test_braces_that_are_no_call_are_text(text: str) -> None:
    (inline,) = (token for token in markdown.tokens(text) if token.type == "inline")
    assert all(child.type != "live_number" for child in inline.children or [])


def test_a_call_ends_at_its_first_braces() -> None:
    (inline,) = (token for token in markdown.tokens('{{ claim("a") }} and {{metric("b")}}') if token.type == "inline")
    calls = [child.content for child in inline.children or [] if child.type == "live_number"]
    assert calls == [' claim("a") ', 'metric("b")']
