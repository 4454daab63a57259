"""A written answer in a terminal: formulas as text, numbers that only a run knows left open (…)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Markdown, MarkdownElement
from rich.padding import Padding
from rich.text import Text

from bench.cache import Memory
from bench.report.answers import calls, formulas
from bench.report.answers.live import Shown
from bench.report.answers.markdown import OPEN, Resolve
from bench.report.answers.outline import Chapter, Fence, Item, Passage, Placed, is_answer, outline
from bench.report.answers.pieces import Reference

RULE = 40
"""Columns of the lines above and below code."""
SIGNS = {True: " ✓", False: " ✗", None: ""}


class Formula(MarkdownElement):
    """A formula on lines of its own."""

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Formula:
        return cls(token.content)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Padding(Text(self.text, style="markdown.em"), (0, 0, 0, 4))


class Code(CodeBlock):
    """Code as it is written, from the first column and in lines of its own, so that it can be copied, between two
    rules. To colour it, Pygments takes longer than all the rest."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rule = Text("-" * RULE if options.ascii_only else "─" * RULE, style="dim")
        yield rule
        yield Text(str(self.text).rstrip(), style="markdown.code_block", no_wrap=True, overflow="ignore")
        yield rule


class Place(MarkdownElement):
    """What a page shows here: "[chart: loss] [table: sizes]"."""

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Place:
        return cls(token.content)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self.text, style="dim")


class Answer(Markdown):
    """A written answer to be printed: of each question first what answers it. What cannot be converted stands as it was
    written; numbers are those that ``resolve`` gives, or left open (…). ``question`` leaves out all other ones."""

    elements = Markdown.elements | {
        "math_block": Formula,
        "math_block_label": Formula,
        "fence": Code,
        "code_block": Code,
        "placement": Place,
    }

    def __init__(self, answer: str, resolve: Resolve | None = None, *, exercise: str = "", question: str = "") -> None:
        super().__init__("")
        memory = Memory("formulas.json", formulas.basis())
        chapters = outline(answer, exercise)
        chosen = [chapter for chapter in chapters if not question or within(chapter.question, question)]
        self.parsed = list(_plain([*_laid_out(chosen)], memory, resolve or left_open))
        memory.save()


def left_open(reference: Reference) -> Shown:
    """What stands for every number where there is no run."""
    return Shown(OPEN)


def within(question: str, asked: str) -> bool:
    """Whether "a.speed" belongs to what is asked for: to "a", and to itself."""
    return f"{question}.".startswith(f"{asked}.")


def _laid_out(chapters: Iterable[Chapter]) -> Iterator[Token]:
    """Chapter by chapter: its heading, its answer, and all else in the order in which it was written."""
    for chapter in chapters:
        if chapter.heading:
            yield from (Token("heading_open", "h2", 1), *chapter.heading, Token("heading_close", "h2", -1))
        first = sorted(chapter.items, key=lambda item: not is_answer(item))
        yield from _tokens(first if chapter.question else chapter.items)


def _tokens(items: Iterable[Item]) -> Iterator[Token]:
    for item in items:
        if isinstance(item, Passage):
            yield from item.tokens
        elif isinstance(item, Placed):
            yield Token("placement", "", 0, content=" ".join(map(_placeholder, item.calls)))
        elif isinstance(item, Fence):
            inside = _tokens(item.items)
            yield from map(_bold, inside) if is_answer(item) else (*_paragraph(item.title), *inside)


def _placeholder(reference: Reference) -> str:
    """ "[chart: loss]"."""
    return f"[{reference.function}: {reference.names[-1]}]"


def _paragraph(text: str) -> Iterator[Token]:
    inline = Token("inline", "", 0, children=[Token("text", "", 0, content=text)])
    yield from (Token("paragraph_open", "p", 1), _bold(inline), Token("paragraph_close", "p", -1))


def _bold(token: Token) -> Token:
    if not token.children:
        return token
    return token.copy(
        children=[Token("strong_open", "strong", 1), *token.children, Token("strong_close", "strong", -1)]
    )


def shown(latex: str, display: bool, memory: Memory) -> str:
    """A formula as text. latex2mathml, and all that it takes to understand its answer, is only asked for a new one."""

    def convert() -> str:
        try:
            return formulas.text(latex, display)
        except formulas.ReportError:
            return latex.strip()

    return memory.recall(f"{'display' if display else 'inline'} {latex}", convert)


def _plain(tokens: Sequence[Token], memory: Memory, resolve: Resolve) -> Iterator[Token]:
    """Tokens that rich knows: a formula within a line becomes emphasised text."""
    for token in tokens:
        if token.children:
            yield token.copy(children=list(_plain(token.children, memory, resolve)))
        elif token.type.startswith("math_inline"):
            yield Token("em_open", "em", 1)
            yield Token("text", "", 0, content=shown(token.content, display=False, memory=memory))
            yield Token("em_close", "em", -1)
        elif token.type.startswith("math_block"):
            yield token.copy(content=shown(token.content, display=True, memory=memory))
        elif token.type == "live_number":
            yield Token("text", "", 0, content=_number(token.content, resolve))
        elif token.type != "fence_line":
            yield token


def _number(text: str, resolve: Resolve) -> str:
    """ "3e-16 ≤ 1e-12 ✓"; left open where the call is none, or nothing was measured."""
    try:
        reference = calls.parse(text)
    except formulas.ReportError:
        return OPEN
    found = left_open(reference) if calls.SIGNATURES[reference.function].places else resolve(reference)
    return f"{found.text}{SIGNS[found.ok]}" if found.measured else OPEN
