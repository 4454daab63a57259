"""A card a question, with its answer in a sentence: what the index shows, and an exercise's page at a glance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from bench.report.page import blocks
from bench.report.page.alarms import Alarm
from bench.report.page.shortened import MOST, shortened
from bench.report.page.view import MANY_CARDS, ExerciseView, Question
from bench.report.summary import Tally
from bench.texts import escaped

FEW_LETTERS = 110
"""Of a card among many."""
ANCHORS = re.compile(r"</?a\b[^>]*>| (?:id|title)=\"[^\"]*\"", re.IGNORECASE)
TAGS = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """``title`` and ``sentence`` are HTML; ``chart`` is the slug of its small chart, or empty."""

    anchor: str
    title: str
    sentence: str
    tally: Tally
    chart: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What the index knows of a page: its file, its cards and what went wrong."""

    file: str
    id: str
    title: str
    tally: Tally
    cards: tuple[Card, ...]
    alarms: tuple[Alarm, ...]
    which: str = ""
    """What of an exercise that takes several pages: empty where it is all."""

    @property
    def columns(self) -> int:
        return columns(len(self.cards))


def columns(count: int) -> int:
    """For so many cards whichever of few leaves least room empty; one card is as wide as the page."""
    return 1 if count < 2 else min((4, 3) if count > MANY_CARDS else (3, 2), key=lambda columns: -count % columns)


def cards(view: ExerciseView) -> tuple[Card, ...]:
    most = FEW_LETTERS if len(view.questions) > MANY_CARDS else MOST
    return tuple(_card(question, most) for question in view.questions)


def _card(question: Question, most: int) -> Card:
    small = question.small
    told = shortened(sentence(question.answer), most).replace(" ± ", "\u00a0±\u00a0")
    return Card(
        anchor=question.anchor,
        title=ANCHORS.sub("", question.title),
        # What its chart shows says more than nothing, where an answer does not begin with a sentence.
        sentence=told or (escape(escaped(small.title)) if small else ""),
        tally=question.tally,
        chart=small.slug if small else "",
    )


def sentence(answer: str) -> str:
    """The first paragraph of an answer without its links: a card leads to the question alone. One that goes on in a
    formula on a line of its own ends with "…"."""
    first, *others = [*blocks.blocks(answer), ""]
    if not first.lstrip().startswith("<p>"):
        return ""
    inside = ANCHORS.sub("", re.sub(r"^\s*<p>(.*)</p>\s*$", r"\1", first, flags=re.DOTALL))
    goes_on = any(others) and TAGS.sub("", inside).rstrip()[-1:].isalnum()
    return f"{inside.rstrip()} …" if goes_on else inside


def leaf(view: ExerciseView, file: str, which: str = "") -> Leaf:
    return Leaf(
        file=file,
        id=view.info.id,
        title=view.info.title,
        tally=view.tally,
        cards=cards(view),
        alarms=view.alarms,
        which=which,
    )
