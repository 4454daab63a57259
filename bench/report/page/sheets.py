"""An exercise of very many questions on several pages, and what of very many findings a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from bench.model import Broken
from bench.report import summary
from bench.report.page.alarms import Alarm
from bench.report.page.evidence import PartView
from bench.report.page.view import ExerciseView, Question

QUESTIONS = 100
"""Of one page, at most: more nobody scrolls through."""
ROWS = 4_000
"""Of tables, on one page: together below 2 MB."""
CHART = 30
"""Rows that take as much room as a chart."""
ALARMS = 100
"""Places of failures that are listed on top of a page."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of an exercise; ``which`` says what of it is there: empty where it is all."""

    page: ExerciseView
    file: str
    which: str = ""


def sheets(page: ExerciseView, file: str) -> tuple[Sheet, ...]:
    """The pages of an exercise: the first in ``file``, the others in ``ex01.2.html`` … beside it."""
    cut = list(_cut(page.questions))
    if len(cut) < 2:
        return (Sheet(page, file),)
    made, first = [], 1
    for number, questions in enumerate(cut, 1):
        last = first + len(questions) - 1
        span = f"{first:,} to {last:,}" if last > first else f"{first:,}"
        name = file if number == 1 else file.replace(".html", f".{number}.html")  # no exercise's own has a dot in it
        part = _part_of(page, questions, is_first=number == 1, is_last=number == len(cut))
        made.append(Sheet(part, name, f"{span} of {len(page.questions):,}"))
        first = last + 1
    return tuple(made)


def _cut(questions: Iterable[Question]) -> Iterator[tuple[Question, ...]]:
    sheet: list[Question] = []
    room = ROWS
    for question in questions:
        size = sum(map(_rows, question.whole))
        if sheet and (len(sheet) == QUESTIONS or size > room):
            yield tuple(sheet)
            sheet, room = [], ROWS
        sheet.append(question)
        room -= size
    if sheet:
        yield tuple(sheet)


def _rows(part: PartView) -> int:
    tables = sum(len(getattr(each.item, "rows", ())) for each in part.tables)
    compared = sum(len(compared.rows) for compared in part.compared)
    return len(part.claims) + len(part.metrics) + len(part.problems) + tables + compared + CHART * len(part.charts)


def _part_of(page: ExerciseView, questions: tuple[Question, ...], *, is_first: bool, is_last: bool) -> ExerciseView:
    parts = {part.name for question in questions for part in question.whole}
    return replace(
        page,
        tally=summary.total(question.tally for question in questions),
        alarms=tuple(alarm for alarm in page.alarms if alarm.part in parts),
        before=page.before if is_first else "",
        questions=questions,
        lacking=page.lacking if is_first else (),
        after=page.after if is_last else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Foremost:
    """What stands on top of a page: of ``count`` places of failures the first; ``left`` are not listed."""

    broken: tuple[Broken, ...]
    alarms: tuple[Alarm, ...]
    count: int
    left: int


def foremost(listed: Sequence[Alarm], broken: Sequence[Broken], most: int = ALARMS) -> Foremost:
    """The first failures: plugins that could not be loaded, then places of the others."""
    count = len(broken) + sum(len(alarm.places) for alarm in listed)
    shown, room = [], max(0, most - len(broken))
    for alarm in listed:
        if room:
            places = tuple(islice(alarm.places, room))
            shown.append(replace(alarm, places=places))
            room -= len(places)
    kept = tuple(broken[:most])
    return Foremost(
        broken=kept,
        alarms=tuple(shown),
        count=count,
        left=count - len(kept) - sum(len(alarm.places) for alarm in shown),
    )
