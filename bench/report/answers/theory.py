"""A written answer (Markdown, not trusted) as sections: formulas as MathML, live numbers from the run, nothing
executed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from bench.analysis import families
from bench.analysis.families import Family
from bench.model import ExerciseInfo, Run
from bench.report.answers import kept, live, markdown
from bench.report.answers import problems as wrong
from bench.report.answers.outline import Chapter, Fence, Item, Passage, Placed, Problem, is_answer, outline
from bench.report.answers.pieces import Fold, Piece, Placement, Prose, Reference, Section
from bench.report.answers.typeset import keep_together

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def render(answer: str, run: Run, exercise: ExerciseInfo, family: Family | None = None) -> tuple[Section, ...]:
    """The sections of an answer, without the title that it begins with. What cannot be shown becomes a box that says
    why. ``family`` is that of the run, for those who have it."""
    known = families.of_run(run) if family is None else family
    measured = kept.beside(lambda reference: live.look_up(reference, run, exercise, known), exercise.sources)
    parser = markdown.parser(measured)
    return tuple(_section(chapter, parser) for chapter in outline(answer, exercise.id))


def problems(answer: str, exercise: str = "") -> tuple[Problem, ...]:
    """Every formula, call and fence of an answer that cannot be shown, with its line."""
    return wrong.of(outline(answer, exercise))


def references(answer: str, exercise: str = "") -> tuple[Reference, ...]:
    """Every live number that an answer asks for, in order; malformed ones are left to ``problems``."""
    return tuple(reference for _, reference in wrong.asked(outline(answer, exercise)))


def questions(answer: str, exercise: str) -> tuple[str, ...]:
    """The questions whose headings an answer has, in order: "a", "a.1", "b"."""
    return tuple(chapter.question for chapter in outline(answer, exercise) if chapter.question)


def _section(chapter: Chapter, parser: MarkdownIt) -> Section:
    answered = [is_answer(item) for item in chapter.items]
    sentences = [item for item, is_answer in zip(chapter.items, answered, strict=True) if is_answer]
    others = [item for item, is_answer in zip(chapter.items, answered, strict=True) if not is_answer]
    return Section(
        question=chapter.question,
        title=_html(chapter.heading, parser),
        answer="".join(_html(passage.tokens, parser) for passage in wrong.passages(sentences)),
        pieces=tuple(_pieces(others, parser)),
    )


def _pieces(items: Iterable[Item], parser: MarkdownIt) -> Iterator[Piece]:
    """Text that is not interrupted is one piece."""
    for kind, group in groupby(items, type):
        if kind is Passage:
            yield Prose(_html([token for item in group if isinstance(item, Passage) for token in item.tokens], parser))
            continue
        for item in group:
            if isinstance(item, Placed):
                yield Placement(item.calls)
            elif isinstance(item, Fence):
                yield Fold(item.title or "Details", tuple(_pieces(item.items, parser)))
            elif isinstance(item, Problem):
                yield Prose(f"<p>{markdown.box(item.text)}</p>")


def _html(tokens: list[Token], parser: MarkdownIt) -> str:
    return keep_together(str(parser.renderer.render(tokens, parser.options, {})))
