"""A written answer in a terminal: formulas as text, numbers that only a run knows left open (…)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement
from rich.padding import Padding
from rich.text import Text

from bench.report.answers import formulas, live, theory

OPEN = "…"


class Formula(MarkdownElement):
    """A formula on lines of its own."""

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Formula:
        return cls(shown(token.content, display=True))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Padding(Text(self.text, style="markdown.em"), (0, 0, 0, 4))


class Answer(Markdown):
    """A written answer to be printed. What cannot be converted stands as it was written."""

    elements = Markdown.elements | {"math_block": Formula, "math_block_label": Formula}

    def __init__(self, answer: str) -> None:
        super().__init__("")
        tokens = theory.parser(lambda reference: live.NOT_MEASURED, []).parse(answer)
        self.parsed = list(_plain(theory.untitled(tokens)))


def shown(latex: str, display: bool) -> str:
    try:
        return formulas.text(latex, display)
    except formulas.ReportError:
        return latex.strip()


def _plain(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens that rich knows: a formula within a line becomes emphasised text."""
    for token in tokens:
        if token.children:
            yield token.copy(children=list(_plain(token.children)))
        elif token.type.startswith("math_inline"):
            yield Token("em_open", "em", 1)
            yield Token("text", "", 0, content=shown(token.content, display=False))
            yield Token("em_close", "em", -1)
        elif token.type == "live_number":
            yield Token("text", "", 0, content=OPEN)
        else:
            yield token
