"""How an answer is built: its chapters, and in them text, fences and what is placed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.errors import did_you_mean
from bench.report.answers import calls, headings, markdown
from bench.report.answers.formulas import ReportError
from bench.report.answers.pieces import Reference

if TYPE_CHECKING:
    from markdown_it.token import Token

FENCES = ("answer", "details")
SPACE = ("softbreak", "hardbreak")


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be shown, or does not hold; ``line`` counts from 1, as editors do."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of Markdown: a paragraph, a list, a table."""

    tokens: list[Token]


@dataclass(frozen=True, slots=True)
class Placed:
    """The placing calls of one line."""

    line: int
    calls: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """``::: name title``, and what stands in it."""

    name: str
    title: str
    line: int
    items: list[Item] = field(default_factory=list)


Item = Passage | Placed | Fence | Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What stands below a heading that names a question, or before the first of them; ``heading`` is its text."""

    question: str = ""
    line: int = 1
    heading: list[Token] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


def outline(answer: str, exercise: str) -> tuple[Chapter, ...]:
    """The chapters of an exercise's answer: it is cut at every heading that names a question, and at the references
    that end it."""
    reader = _Reader([Chapter()])
    for block in _blocks(markdown.tokens(answer)):
        question, closing = _names(block, exercise)
        if question or closing:
            reader.end()
            reader.chapters.append(Chapter(question=question, line=line_of(block), heading=block[1:2]))
        else:
            reader.add(block)
    reader.end()
    return tuple(chapter for chapter in reader.chapters if chapter.heading or chapter.items)


@dataclass(slots=True)
class _Reader:
    """Where the reading stands. ``crossed`` counts fences that were closed by the next one's beginning: their own ends
    are still to come, and no mistake of their own."""

    chapters: list[Chapter]
    fence: Fence | None = None
    crossed: int = 0

    def add(self, block: list[Token]) -> None:
        """One block, to the fence that is open or to the chapter."""
        if block[0].type == "fence_line":
            self.begin(block[0]) if block[0].info else self.close(line_of(block))
            return
        items = self.chapters[-1].items if self.fence is None else self.fence.items
        answers = self.fence is not None and self.fence.name == "answer"
        items += ([] if answers else placements(block)) or [Passage(block)]

    def begin(self, token: Token) -> None:
        fence, problems = _opened(token)
        if self.fence is not None:
            crossing = f"::: {fence.name} begins before ::: {self.fence.name} of line {self.fence.line} is closed"
            problems = [Problem(fence.line, f"{crossing}: fences do not nest, write ::: above it")]
            self.crossed += 1
            self.leave()
        self.chapters[-1].items.extend(problems)
        self.fence = fence

    def close(self, line: int) -> None:
        if self.fence is not None:
            self.leave()
        elif self.crossed:
            self.crossed -= 1
        else:
            problem = Problem(line, "::: closes nothing: begin with ::: answer or ::: details and a title")
            self.chapters[-1].items.append(problem)

    def leave(self) -> None:
        """What stands in an unknown fence is shown as if there were none."""
        if self.fence is not None:
            self.chapters[-1].items.extend([self.fence] if self.fence.name in FENCES else self.fence.items)
        self.fence = None

    def end(self) -> None:
        """The end of a chapter, which closes what is open."""
        if self.fence is not None:
            problem = Problem(self.fence.line, f"::: {self.fence.name} is not closed: write ::: below its text")
            self.chapters[-1].items.extend([problem, *self.fence.items])
        self.fence, self.crossed = None, 0


def is_answer(item: Item) -> bool:
    return isinstance(item, Fence) and item.name == "answer"


def line_of(tokens: Iterable[Token]) -> int:
    return next((token.map[0] + 1 for token in tokens if token.map), 1)


def _blocks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """A paragraph, a list, a heading: tokens of the highest level, each with all that is in it."""
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting < 1:
            yield block
            block = []


def _names(block: list[Token], exercise: str) -> tuple[str, bool]:
    """The question that a heading names, and whether it ends the questions."""
    if block[0].type != "heading_open":
        return "", False
    heading = block[1].content
    return headings.question_of(heading, exercise, int(block[0].tag[1:])), headings.closes(heading)


def _opened(token: Token) -> tuple[Fence, list[Item]]:
    """A fence, and what is wrong with its first line."""
    name, _, rest = token.info.strip().partition(" ")
    fence = Fence(name=calls.short(name), title=" ".join(rest.split()).rstrip(" :"), line=line_of([token]))
    return fence, [Problem(fence.line, problem) for problem in _wrong(fence)]


def _wrong(fence: Fence) -> Iterator[str]:
    if fence.name not in FENCES:
        yield f"::: {fence.name} is not known{did_you_mean(fence.name, FENCES) or '; there are answer and details'}"
    elif fence.name == "answer" and fence.title:
        yield "::: answer stands alone on its line: write the sentence below it"
    elif fence.name == "details" and not fence.title:
        yield "::: details needs a title, such as ::: details Derivation"


def placements(block: list[Token]) -> list[Item]:
    """What a paragraph places that holds nothing but such calls, line by line; of any other block nothing."""
    if [token.type for token in block] != ["paragraph_open", "inline", "paragraph_close"]:
        return []
    children = block[1].children or []
    asked = [child for child in children if child.type == "live_number"]
    blank = all(child in asked or child.type in SPACE or not child.content.strip() for child in children)
    if not (asked and blank and all(map(places, asked))):
        return []
    items: list[Item] = []
    for line, tokens in _lines(children, line_of(block)):
        references: list[Reference] = []
        for token in tokens:
            try:
                references.append(calls.parse(token.content))
            except ReportError as error:
                items.append(Problem(line, str(error)))
        items += [Placed(line, tuple(references))] if references else []
    return items


def places(token: Token) -> bool:
    """Whether a call, well formed or not, puts something on the page."""
    name = token.content.partition("(")[0].strip()
    return name in calls.SIGNATURES and calls.SIGNATURES[name].places


def _lines(children: Sequence[Token], line: int) -> Iterator[tuple[int, list[Token]]]:
    """The calls of each line of a paragraph; one that is written on several belongs to its first."""
    mine: list[Token] = []
    for child in children:
        if child.type in SPACE:
            yield line, mine
            line, mine = line + 1 + sum(token.content.count("\n") for token in mine), []
        elif child.type == "live_number":
            mine.append(child)
    yield line, mine
