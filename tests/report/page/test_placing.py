"""Where charts stand: beside the text that speaks of them."""

from __future__ import annotations

from typing import Any

from bench.model import Run
from bench.report.answers.pieces import Fold, Placement, Prose, Reference, Section
from bench.report.charts.model import PanelChart
from bench.report.page import placing, view
from bench.report.page.placing import Absent, Drawn, Folded, Row, Text

BESIDE = Placement((Reference("chart", ("a", "cost"), (("beside", True),)),))
WIDE = Placement((Reference("chart", ("a", "cost")), Reference("chart", ("a", "error"))))


def find(reference: Reference) -> Absent:
    return Absent(reference.names[1])


def shape(rows: tuple[Row, ...]) -> list[tuple[str, str]]:
    """The text of each row, and what stands beside it."""

    def word(text: Any) -> str:
        return f"[{text.title}]" if isinstance(text, Folded) else text.html

    return [
        (" ".join(map(word, row.text)), " ".join(t.words for t in row.things if isinstance(t, Absent))) for row in rows
    ]


def laid(*pieces: Any, answer: str = "<p>A</p>") -> list[tuple[str, str]]:
    return shape(placing.laid(answer, pieces, find))


def test_a_chart_stands_beside_the_answer_and_the_text_that_follows_it() -> None:
    assert laid(BESIDE, Prose("<p>B</p>")) == [("<p>A</p> <p>B</p>", "cost")]
    assert laid(BESIDE, Prose("<p>B</p><h3>C</h3><p>D</p>")) == [
        ("<p>A</p> <p>B</p>", "cost"),
        ("<h3>C</h3> <p>D</p>", ""),
    ]


def test_a_later_chart_begins_a_row_of_its_own() -> None:
    rows = laid(BESIDE, Prose("<p>B</p>"), BESIDE, Prose("<p>C</p>"))
    assert rows == [("<p>A</p> <p>B</p>", "cost"), ("<p>C</p>", "cost")]
    assert laid(Prose("<p>B</p>"), BESIDE, Prose("<p>C</p>")) == [("<p>A</p> <p>B</p>", ""), ("<p>C</p>", "cost")]


def test_where_no_text_follows_it_stands_beside_what_precedes() -> None:
    assert laid(BESIDE) == [("<p>A</p>", "cost")]
    assert laid(Prose("<p>B</p>"), BESIDE) == [("<p>A</p> <p>B</p>", "cost")]
    assert laid(BESIDE, BESIDE, answer="") == [("", "cost"), ("", "cost")]


def test_without_beside_it_is_as_wide_as_the_page_and_one_line_stands_together() -> None:
    assert laid(WIDE, Prose("<p>B</p>")) == [("<p>A</p>", ""), ("", "cost error"), ("<p>B</p>", "")]


def test_folds_hold_what_is_placed_in_them() -> None:
    (row,) = placing.laid("<p>A</p>", (Fold("Derivation", (BESIDE, Prose("<p>B</p>"))),), find)
    fold = row.text[1]
    assert isinstance(fold, Folded)
    assert shape(fold.rows) == [("<p>B</p>", "cost")]
    assert [thing for thing in placing.things((row,)) if isinstance(thing, Absent)] == [Absent("cost")]
    assert len(list(placing.placements((Fold("x", (WIDE,)),)))) == 2


def test_an_answer_that_places_nothing_has_the_first_charts_and_the_rest_folded(run: Run) -> None:
    (page,) = view.view(run)
    charts = placing.first_charts(page.parts)
    assert 1 < len(charts) <= placing.MOST
    assert [drawn.part for drawn in charts[:2]] == ["a", "a.speed"]
    section = Section(question="a", pieces=(Prose("<p><strong>In short.</strong> Yes.</p><p>More.</p>"),))
    wording, answer, rows = placing.unplaced(section, charts)
    assert (wording, answer) == ("", "<p><strong>In short.</strong> Yes.</p>")
    assert rows[0].text[0] == Text(answer)
    assert [text.title for text in rows[0].text if isinstance(text, Folded)] == ["The whole answer"]
    assert rows[0].things == charts[:1]
    assert rows[1].things == charts[1:]
    assert placing.unplaced(Section(), ()) == ("", "", ())


def test_tables_are_found_by_the_beginning_of_their_name(run: Run) -> None:
    (page,) = view.view(run)
    found = placing.recorded("table", "Distort", page.parts[0])
    assert found is not None
    assert found.item.name == "Distortion"
    assert placing.recorded("figure", "Nothing", page.parts[0]) is None
    assert placing.name_of(Reference("compare", ("a.speed",))) == "the compare of a.speed"


def test_of_a_question_that_was_hardly_run_what_ran_stands_open_and_the_text_is_folded(run: Run) -> None:
    parts = view.view(run)[0].parts
    charts = placing.first_charts(parts)
    section = Section(question="a", answer="<p>It is …</p>", pieces=(Prose("<p>Text.</p>"), WIDE))
    _, rows = placing.in_part(section, "", charts)
    (whole,) = rows[0].text
    assert isinstance(whole, Folded)
    assert whole.title == "The whole answer"
    assert list(placing.things(whole.rows)) == []
    assert rows[1].things == charts
    _, (first, *_) = placing.in_part(section, "<p>It is 1.</p>", charts)
    assert first.text[0] == Text("<p>It is 1.</p>")
    assert first.things == charts[:1]


def test_a_chart_of_two_names_stands_once() -> None:
    train = PanelChart(slug="cost", name="train cost", title="cost", panels=(), names=("train cost", "test cost"))
    other = PanelChart(slug="error", name="error", title="error", panels=())
    charts = {"train cost": train, "test cost": train, "error": other}
    found = placing.once(lambda reference: Drawn(charts[reference.names[1]], "a"))
    placed = [found(Reference("chart", ("a", name))) for name in charts]
    assert placed == [Drawn(train, "a"), None, Drawn(other, "a")]
    absent = placing.once(find)
    assert absent(Reference("chart", ("a", "x"))) == absent(Reference("chart", ("a", "x"))) == Absent("x")
