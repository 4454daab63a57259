"""A written answer (Markdown, not trusted) as HTML: formulas as MathML, live numbers from the run, nothing executed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from bench.analysis import families
from bench.analysis.families import Family
from bench.model import ExerciseInfo, Run
from bench.report.answers import live
from bench.report.answers.formulas import ReportError, mathml

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Resolve = Callable[[live.Reference], live.Shown]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what follows it, down to the next heading of a question.

    ``question`` is "a", "a.1", or empty; ``title`` is the heading of a question, as HTML.
    """

    question: str
    html: str
    title: str = ""


def render(answer: str, run: Run, exercise: ExerciseInfo, family: Family | None = None) -> tuple[Section, ...]:
    """The sections of an answer as HTML. What cannot be shown becomes a box that says why. ``family`` is that of the
    run, for those who have it."""
    known = families.of_run(run) if family is None else family
    markdown = parser(lambda reference: live.look_up(reference, run, exercise, known), [])
    tokens = untitled(markdown.parse(answer))
    return tuple(
        Section(
            question,
            keep_together(markdown.renderer.render(piece, markdown.options, {})),
            markdown.renderer.render(piece[1:2], markdown.options, {}) if question else "",
        )
        for question, piece in _sections(tokens, exercise.id)
    )


SHOWN = (
    r'<span class="math inline">(?:(?!</math>).)*</math></span>'
    r'|<span class="live together"[^>]*>(?:(?!<span|</span>).)*(?:<span class="(?:yes|no)">.</span>)?</span>'
)
CLINGING = re.compile(rf"([(\[“]?)({SHOWN})([.,;:!?)\]”]*)", re.DOTALL)
SHORT = 24
"""Characters that a live number may have to stay on one line."""


def keep_together(html: str) -> str:
    """Keeps a formula or a live number on one line with the brackets and marks at it: browsers may break there."""
    return CLINGING.sub(_joined, html)


def _joined(match: re.Match[str]) -> str:
    before, shown, after = match.groups()
    return f'<span class="together">{before}{shown}{after}</span>' if before or after else str(shown)


def untitled(tokens: list[Token]) -> list[Token]:
    """Without the title that an answer begins with: whoever shows it has shown the exercise's already."""
    titled = tokens and (tokens[0].type, tokens[0].tag) == ("heading_open", "h1")
    return tokens[3:] if titled else tokens


def problems(answer: str) -> tuple[str, ...]:
    """Every formula and every live number of an answer that cannot be shown, as a line that names it."""
    errors: list[str] = []
    parser(lambda reference: live.NOT_MEASURED, errors).render(answer)
    return tuple(errors)


def references(answer: str) -> tuple[live.Reference, ...]:
    """Every live number that an answer asks for, in order; malformed ones are left to ``problems``."""
    asked: list[live.Reference] = []

    def note(reference: live.Reference) -> live.Shown:
        asked.append(reference)
        return live.NOT_MEASURED

    parser(note, []).render(answer)
    return tuple(asked)


def questions(answer: str, exercise: str) -> tuple[str, ...]:
    """The letters whose headings an answer has, in order: "a", "a.1", "b"."""
    tokens = parser(lambda reference: live.NOT_MEASURED, []).parse(answer)
    return tuple(question for question, _ in _sections(tokens, exercise) if question)


def parser(resolve: Resolve, errors: list[str]) -> MarkdownIt:
    """CommonMark with tables, mathematics and live numbers; HTML stays text and pictures become links."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    # Answers come from plugins: what looks like HTML in them is shown as text.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(
        dollarmath_plugin,
        allow_labels=False,
        double_inline=True,
        renderer=lambda text, options: _formula(text, options, errors),
    )
    markdown.inline.ruler.before("text", "live_number", _live_rule)
    markdown.add_render_rule(
        "live_number", lambda self, tokens, index, *_: _live(tokens[index].content, resolve, errors)
    )
    # The page asks the network for nothing, so a picture elsewhere is a link.
    markdown.add_render_rule("image", lambda self, tokens, index, *_: _picture(tokens[index]))
    markdown.add_render_rule("table_open", lambda *_: '<div class="scroll"><table>\n')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    markdown.add_render_rule("link_open", _link)
    return markdown


def _formula(latex: str, options: dict[str, Any], errors: list[str]) -> str:
    try:
        return mathml(latex, bool(options.get("display_mode")))
    except ReportError as error:
        errors.append(str(error))
        return _box(str(error))


def _box(message: str) -> str:
    return f'<span class="error" role="alert">{escape(message)}</span>'


def _live_rule(state: Any, silent: bool) -> bool:
    match = re.compile(r"\{\{(.+?)\}\}", re.DOTALL).match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("live_number", "", 0).content = match.group(1)
    state.pos = match.end()
    return True


def _live(text: str, resolve: Resolve, errors: list[str]) -> str:
    try:
        shown = resolve(live.parse(text))
    except ReportError as error:
        errors.append(str(error))
        return _box(str(error))
    if not shown.measured:
        return f'<span class="unmeasured" title="{escape(text.strip())}">{escape(shown.text)}</span>'
    sign = {True: ' <span class="yes">✓</span>', False: ' <span class="no">✗</span>', None: ""}[shown.ok]
    kind = "live together" if len(shown.text) <= SHORT else "live"
    return f'<span class="{kind}" title="{escape(text.strip())}">{powers(shown.text)}{sign}</span>'


NUMBER = re.compile(r"(?<![\w.-])(-?)(\d[\d,]*(?:\.\d+)?)(?:e(-?)\+?0*(\d+))?(?!\w)")
UNIT = re.compile(r"(?<=\d) (?=(?:%|[nµm]?s|(?:[KMG]i)?B)(?!\w))")


def powers(text: str) -> str:
    """Escaped text with numbers well set: "-3e-16" as −3 × 10⁻¹⁶, and no line break before a unit."""
    return UNIT.sub("\u00a0", NUMBER.sub(_number, escape(text)))


def _number(match: re.Match[str]) -> str:
    sign, mantissa, power_sign, power = ("−" if group == "-" else group for group in match.groups())
    return f"{sign}{mantissa}\u202f×\u202f10<sup>{power_sign}{power}</sup>" if power else f"{sign}{mantissa}"


def _picture(token: Any) -> str:
    return (
        f'<a href="{escape(str(token.attrs.get("src", "")))}" rel="noreferrer">{escape(token.content or "picture")}</a>'
    )


def _link(self: Any, tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
    # A page that was opened from a disk need not tell other sites its path.
    tokens[index].attrSet("rel", "noreferrer")
    return str(self.renderToken(tokens, index, options, env))


CLOSING = {"references", "references and further reading", "literature", "sources"}


def _sections(tokens: Sequence[Any], exercise: str) -> list[tuple[str, list[Any]]]:
    """Cut the tokens at every heading that names a question, and at the references that end an answer; what stands
    before the first question, and the references, belong to none."""
    number = exercise.removeprefix("ex").lstrip("0") or "0"
    cut: list[tuple[str, list[Any]]] = [("", [])]
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            title = tokens[index + 1].content
            question = question_of(title, number)
            if question or title.strip().lower() in CLOSING:
                cut.append((question, []))
        cut[-1][1].append(token)
    return [(question, piece) for question, piece in cut if piece]


def question_of(heading: str, number: str) -> str:
    """ "3a — Average pooling" in exercise 3 is question "a", "4.4 Dropout" in exercise 4 is "4"; else empty."""
    match = re.match(rf"\W*(?:ex)?0*{re.escape(number)}\s*\.?\s*\(?([a-z]|\d+)((?:\.\w+)*)\b", heading, re.IGNORECASE)
    return (match[1] + match[2]).lower() if match else ""
