"""What a card has room for: whole sentences."""

from __future__ import annotations

from bench.report.page.shortened import MOST, shortened

SHORT = "In short. "
LONG = "Batch 1 is " + "much " * 20 + "noisier than batch 50. "


def test_what_fits_is_whole() -> None:
    assert shortened(LONG) == LONG
    assert shortened("") == ""


def test_it_ends_with_a_sentence() -> None:
    assert shortened(LONG * 3) == LONG.rstrip()
    assert len(shortened("One more sentence of no length. " * 30)) <= MOST


def test_a_long_sentence_ends_with_a_clause() -> None:
    clause = "it is " + "very " * 20 + "noisy, "
    assert shortened(SHORT + clause * 3) == (SHORT + clause).rstrip() + " …"


def test_words_without_a_pause_end_with_a_word() -> None:
    assert shortened("word " * 100, 20) == "word word word word …"
    assert shortened("w" * 400) == "w" * 400


def test_nothing_that_is_open_is_cut() -> None:
    marked = f"<em>{LONG.strip()} And</em> so on. "
    assert shortened(marked * 4) == marked.rstrip()
    assert shortened("<b>a. B</b> " * 200, 12) == "<b>a. B</b> <b>a. B</b> …"
    assert shortened("<b>" + "a. B " * 200 + "</b>") == "<b>" + "a. B " * 200 + "</b>"


def test_marks_and_abbreviations_end_no_sentence() -> None:
    text = "a" * 60 + " e.g. Adam &amp; SGD " + "b " * 20 + "are compared. "
    assert shortened(text + LONG * 2) == text.rstrip()


def test_an_element_that_closes_itself_is_not_open() -> None:
    formula = '<math><msqrt><mn>2</mn></msqrt><mspace width="0.2em" /><mi>x</mi></math>'
    assert shortened(f"{formula} is long. " + LONG * 3) == f"{formula} is long. {LONG}".rstrip()
