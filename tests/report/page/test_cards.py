"""A card a question, with its answer in a sentence."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from bench.model import Run
from bench.report.page import cards, view


def test_a_card_leads_to_its_question_and_has_its_verdict(run: Run) -> None:
    (page,) = view.view(run)
    leaf = cards.leaf(page, "ex10.html")
    assert [card.anchor for card in leaf.cards] == [question.anchor for question in page.questions]
    assert leaf.cards[0].title == "10a — How noisy is training?"
    assert not leaf.cards[0].tally.ok
    assert leaf.cards[0].chart in {chart.slug for chart in page.charts}
    assert leaf.alarms == page.alarms


def test_a_sentence_is_the_first_paragraph_without_links() -> None:
    answer = '<p>Yes, <a href="https://example.org/">2</a> <span class="live" title="x">× 3</span>.</p>\n<p>More.</p>'
    assert cards.sentence(answer) == 'Yes, 2 <span class="live">× 3</span>.'
    assert cards.sentence("<ul><li>a</li></ul>") == ""
    assert cards.sentence("") == ""
    assert cards.sentence("<p>the least <i>error</i> is</p>\n<div>x</div>") == "the least <i>error</i> is …"
    assert cards.sentence("<p>the least error</p>") == "the least error"


def test_cards_stand_in_the_columns_that_leave_least_room_empty(run: Run) -> None:
    (page,) = view.view(run)
    leaf = cards.leaf(page, "ex10.html")
    counts = {count: replace(leaf, cards=leaf.cards[:1] * count).columns for count in range(10)}
    assert counts == {0: 1, 1: 1, 2: 2, 3: 3, 4: 2, 5: 3, 6: 3, 7: 4, 8: 4, 9: 3}


def test_a_long_answer_ends_with_a_sentence_on_its_card(run: Run) -> None:
    (page,) = view.view(run)
    told = "Batch 1 is " + "much " * 20 + "noisier."
    long = replace(page, questions=(replace(page.questions[0], answer=f"<p>{told} {told} {told}</p>"),))
    assert cards.cards(long)[0].sentence == told


def test_without_a_sentence_a_card_says_what_its_chart_shows(run: Run) -> None:
    (page,) = view.view(run)
    bare = replace(page, questions=(replace(page.questions[0], answer=""),))
    small = page.questions[0].small
    assert small is not None
    (card,) = cards.cards(bare)
    assert card.sentence == escape(small.title)
    (empty,) = cards.cards(replace(page, questions=(replace(page.questions[0], answer="", rows=()),)))
    assert empty.sentence == ""


def test_a_card_among_many_says_less(run: Run) -> None:
    (page,) = view.view(run)
    question = replace(page.questions[0], answer="<p>" + "some words " * 40 + "</p>")
    few, many = (cards.cards(replace(page, questions=(question,) * count))[0].sentence for count in (6, 7))
    assert cards.FEW_LETTERS / 2 < len(many) <= cards.FEW_LETTERS + 2 < len(few) <= cards.MOST + 2
