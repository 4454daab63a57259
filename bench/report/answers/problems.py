"""What is wrong with an answer as it is written: formulas, calls and fences; and what it asks for, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from bench.report.answers import calls, markdown
from bench.report.answers.formulas import ReportError, mathml
from bench.report.answers.outline import Chapter, Fence, Item, Passage, Placed, Problem
from bench.report.answers.pieces import Reference

if TYPE_CHECKING:
    from markdown_it.token import Token


def of(chapters: Iterable[Chapter]) -> tuple[Problem, ...]:
    """Every formula, call and fence that cannot be shown, in order."""
    found: list[Problem] = []
    for chapter in chapters:
        found += _in_items(chapter.items)
        found += _in_tokens(chapter.heading)
    return tuple(sorted(found, key=lambda problem: problem.line))


def asked(chapters: Iterable[Chapter]) -> Iterator[tuple[int, Reference]]:
    """Every call within a text, with its line; malformed ones are left to ``of``. A chart that stands there is out of
    its place, and may be one that nobody has recorded."""
    for chapter in chapters:
        for passage in (Passage(chapter.heading), *passages(chapter.items)):
            yield from _asked(passage.tokens)


def _asked(tokens: Sequence[Token]) -> Iterator[tuple[int, Reference]]:
    for line, token in leaves(tokens):
        call = _parsed(token.content) if token.type == "live_number" else ""
        if isinstance(call, Reference):
            yield line, call


def placed(chapters: Iterable[Chapter]) -> Iterator[tuple[int, Reference]]:
    """Every chart, comparison, picture and table that an answer places, with its line."""
    for chapter in chapters:
        for item in flat(chapter.items):
            if isinstance(item, Placed):
                yield from ((item.line, call) for call in item.calls)


def flat(items: Iterable[Item]) -> Iterator[Item]:
    """Items, with what stands in fences."""
    for item in items:
        yield item
        if isinstance(item, Fence):
            yield from flat(item.items)


def passages(items: Iterable[Item]) -> Iterator[Passage]:
    return (item for item in flat(items) if isinstance(item, Passage))


def leaves(tokens: Sequence[Token], line: int = 1) -> Iterator[tuple[int, Token]]:
    """The tokens without children, each with its line."""
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.children:
            below = line
            for child in token.children:
                yield below, child
                below += 1 if child.type in ("softbreak", "hardbreak") else child.content.count("\n")
        else:
            yield line, token


def _in_items(items: Iterable[Item]) -> Iterator[Problem]:
    for item in flat(items):
        if isinstance(item, Problem):
            yield item
        elif isinstance(item, Passage):
            yield from _in_tokens(item.tokens)


def _in_tokens(tokens: Sequence[Token]) -> Iterator[Problem]:
    for line, token in leaves(tokens):
        if problem := _of_token(token):
            yield Problem(line, problem)


def _of_token(token: Token) -> str:
    if token.type == "fence_line":
        return markdown.INDENTED if token.info else ""
    if token.type == "live_number":
        call = _parsed(token.content)
        if isinstance(call, str):
            return call
        return markdown.misplaced(call) if calls.SIGNATURES[call.function].places else ""
    if token.type.startswith("math_"):
        return _of_formula(token.content, token.type != "math_inline")
    return ""


def _of_formula(latex: str, display: bool) -> str:
    try:
        mathml(latex.strip(), display)
    except ReportError as error:
        return str(error)
    return ""


def _parsed(text: str) -> Reference | str:
    try:
        return calls.parse(text)
    except ReportError as error:
        return str(error)
