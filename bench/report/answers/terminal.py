"""A written answer in a terminal: formulas as text, numbers that only a run knows left open (…)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Markdown, MarkdownElement
from rich.padding import Padding
from rich.text import Text

from bench.cache import Memory
from bench.report.answers import formulas, markdown

OPEN = "…"


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
    """Code as it is written: to colour it, Pygments takes longer than all the rest."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Padding(Text(str(self.text).rstrip(), style="markdown.code_block"), (0, 0, 0, 4))


class Answer(Markdown):
    """A written answer to be printed. What cannot be converted stands as it was written."""

    elements = Markdown.elements | {
        "math_block": Formula,
        "math_block_label": Formula,
        "fence": Code,
        "code_block": Code,
    }

    def __init__(self, answer: str) -> None:
        super().__init__("")
        memory = Memory("formulas.json", formulas.basis())
        self.parsed = list(_plain(markdown.tokens(answer), memory))
        memory.save()


def shown(latex: str, display: bool, memory: Memory) -> str:
    """A formula as text. latex2mathml, and all that it takes to understand its answer, is only asked for a new one."""

    def convert() -> str:
        try:
            return formulas.text(latex, display)
        except formulas.ReportError:
            return latex.strip()

    return memory.recall(f"{'display' if display else 'inline'} {latex}", convert)


def _plain(tokens: Sequence[Token], memory: Memory) -> Iterator[Token]:
    """Tokens that rich knows: a formula within a line becomes emphasised text."""
    for token in tokens:
        if token.children:
            yield token.copy(children=list(_plain(token.children, memory)))
        elif token.type.startswith("math_inline"):
            yield Token("em_open", "em", 1)
            yield Token("text", "", 0, content=shown(token.content, display=False, memory=memory))
            yield Token("em_close", "em", -1)
        elif token.type.startswith("math_block"):
            yield token.copy(content=shown(token.content, display=True, memory=memory))
        elif token.type == "live_number":
            yield Token("text", "", 0, content=OPEN)
        else:
            yield token
