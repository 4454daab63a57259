"""Rendered answers, block by block."""

from __future__ import annotations

import pytest

from bench.report.answers.pieces import Placement, Prose
from bench.report.page import blocks

QUESTION = "<p><strong>Question.</strong> Which one?</p>\n"
READING = "<p><strong>Reading.</strong> Plain.</p>\n"
SHORT = "<p><strong>In short.</strong> A &lt; B.</p>\n"


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("", 0),
        ("only text", 1),
        ("<p>a<br>b <em>c</em></p>\n<ul>\n<li><p>d</p></li>\n</ul>\n<hr>\n<h3>e</h3>\n", 4),
        ('before <p>a</p><div class="scroll"><table><tr><td>1</td></tr></table></div>', 3),
        ("<p>an end too many</p></p><p>b</p>", 2),
        ("<p>a &lt;b&gt; c</p>\n<pre><code>&lt;p&gt;\n</code></pre>\n", 2),
    ],
)
def test_nothing_is_lost_and_nothing_cut(html: str, count: int) -> None:
    cut = blocks.blocks(html)
    assert "".join(cut) == html
    assert len(cut) == count


def test_a_title_is_the_pages_own() -> None:
    assert blocks.untitled("<h2>a <em>b</em></h2>\n<p>c</p>") == "<p>c</p>"
    assert blocks.untitled("<p>c</p><h2>d</h2>") == "<p>c</p><h2>d</h2>"
    assert blocks.is_heading("<h3>a</h3>")
    assert not blocks.is_heading("<hr>")


def test_the_wording_of_the_sheet_is_not_the_answer() -> None:
    assert blocks.worded((QUESTION, SHORT)) == (QUESTION, (SHORT,))
    assert blocks.worded((SHORT, QUESTION)) == ("", (SHORT, QUESTION))
    assert blocks.worded_pieces((Prose(QUESTION + SHORT), Placement(()))) == (QUESTION, (Prose(SHORT), Placement(())))
    assert blocks.worded_pieces((Placement(()),)) == ("", (Placement(()),))
    assert blocks.worded_pieces(()) == ("", ())


def test_a_paragraph_that_says_it_is_the_answer_is_it() -> None:
    measured = "<p><strong>Measured.</strong> 3 ms.</p>"
    assert blocks.answered((READING, measured, SHORT)) == (SHORT, (READING, measured))
    assert blocks.answered((READING, measured)) == (measured, (READING,))
    assert blocks.answered((READING,)) == ("", (READING,))


def test_else_the_beginning_stands_open_as_far_as_it_is_understood() -> None:
    long = f"<p>{'word ' * 100}:</p>"
    assert blocks.opening((READING, long, "<p>x</p>", "<p>y</p>")) == ((long, "<p>x</p>"), (READING, "<p>y</p>"))
    assert blocks.opening((READING,)) == ((READING,), ())
    assert blocks.opening(("<p>a</p>", "<h3>b</h3>")) == (("<p>a</p>",), ("<h3>b</h3>",))
    assert blocks.opening(()) == ((), ())


def test_text_is_what_a_reader_sees() -> None:
    assert blocks.text("<p>a <em>b</em>\n&lt;c&gt;</p>") == "a b <c>"
