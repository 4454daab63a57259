"""What all answers of a page use stands before the first of them."""

from dataclasses import replace
from pathlib import Path

from bench.model import Run
from bench.report.page.view import MANY_CARDS, view
from tests.report.page.test_html import page_of


def with_letters(run: Run, letters: str, folder: Path) -> str:
    exercise = replace(run.exercises[0], answer=f"# Ten\n\n{letters}\n\n## 10a — First\n\nText.\n")
    page = page_of(replace(run, exercises=(exercise, *run.exercises[1:])), folder)
    return page[: page.index('<section class="question')]


def test_a_paragraph_is_open(run: Run, folder: Path) -> None:
    before = with_letters(run, "All answers use $B$ samples.", folder)
    assert "All answers use" in before[before.index('id="letters"') :]
    assert "<details" not in before[before.index('id="letters"') :]


def test_what_would_push_the_first_answer_away_is_folded(run: Run, folder: Path) -> None:
    before = with_letters(run, "First of all.\n\n" + "word " * 200, folder)
    opened, folded = before[before.index('id="letters"') :].split("<details")
    assert "First of all." in opened
    assert "word word" not in opened
    assert "<summary>How the sheet is read, and the letters of all answers</summary>" in folded
    assert "word word" in folded


def test_a_page_without_has_no_place_for_them(run: Run, folder: Path) -> None:
    assert 'id="letters"' not in with_letters(run, "", folder)


def test_nothing_is_open_where_even_the_first_paragraph_is_long(run: Run, folder: Path) -> None:
    before = with_letters(run, "word " * 61, folder)
    opened, folded = before[before.index('id="letters"') :].split("<details")
    assert "word" not in opened
    assert "word" in folded


def test_nothing_is_open_below_many_cards(run: Run) -> None:
    page = replace(view(run)[0], before="<p>Short.</p>")
    assert page.opening == ("<p>Short.</p>", "")
    crowded = replace(page, questions=page.questions[:1] * (MANY_CARDS + 1))
    assert crowded.opening == ("", "<p>Short.</p>")
