"""The Markdown of an answer: CommonMark with tables, mathematics, calls and fences; nothing in it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from bench.report.answers import calls
from bench.report.answers.formulas import ReportError, mathml
from bench.report.answers.live import Shown
from bench.report.answers.pieces import Reference
from bench.report.answers.typeset import powers

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Resolve = Callable[[Reference], Shown]
CALL = re.compile(r"\{\{(.{1,1200}?)\}\}", re.DOTALL)
MOST = 1200
"""Characters of a call, in which its end is looked for."""
FENCE = re.compile(r":{3,}[ \t]*([^:\s].*)?")
INDENTED = "::: stands in a list or a quote: begin its line at the left margin, below the list"
OPEN = "…"
"""What stands for a number that this run lacks."""
SHORT = 24
"""Characters that a live number may have to stay on one line."""


def parser(resolve: Resolve) -> MarkdownIt:
    """HTML stays text and pictures become links. A line ``::: answer`` gives one token ``fence_line``, whatever stands
    between it and the next: ``outline`` joins them."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    # Answers come from plugins: what looks like HTML in them is shown as text.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(dollarmath_plugin, allow_labels=False, double_inline=True, renderer=_formula)
    markdown.inline.ruler.before("text", "live_number", _live_rule)
    ended = ["paragraph", "reference", "blockquote", "list"]
    markdown.block.ruler.before("fence", "fence_line", _fence_rule, {"alt": ended})
    markdown.add_render_rule("live_number", lambda self, tokens, index, *_: _live(tokens[index].content, resolve))
    # Only those in lists and quotes are left to be drawn.
    markdown.add_render_rule("fence_line", lambda self, tokens, index, *_: box(INDENTED) if tokens[index].info else "")
    # The page asks the network for nothing, so a picture elsewhere is a link.
    markdown.add_render_rule("image", lambda self, tokens, index, *_: _picture(tokens[index]))
    markdown.add_render_rule("table_open", lambda *_: '<div class="scroll"><table>\n')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    markdown.add_render_rule("link_open", _link)
    return markdown


def tokens(answer: str) -> list[Token]:
    """The tokens of an answer, without the title that it begins with: whoever shows it has shown the exercise's."""
    parsed = parser(lambda reference: Shown("")).parse(answer)
    titled = parsed and (parsed[0].type, parsed[0].tag) == ("heading_open", "h1")
    return parsed[3:] if titled else parsed


def box(message: str) -> str:
    """What stands in the page instead of what cannot be shown."""
    return f'<span class="error" role="alert">{escape(message)}</span>'


def misplaced(reference: Reference) -> str:
    """What is wrong with a chart in the middle of a text."""
    names = ", ".join(f'"{name}"' for name in reference.names)
    where = "put it on a line of its own, outside of lists, quotes and ::: answer"
    return f"{calls.short(f'{reference.function}({names})')} is not a number that can stand in a text: {where}"


def _formula(latex: str, options: dict[str, Any]) -> str:
    try:
        return mathml(latex, bool(options.get("display_mode")))
    except ReportError as error:
        return box(str(error))


def _fence_rule(state: Any, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    match = FENCE.fullmatch(line.rstrip())
    if match is None:
        return False
    if not silent:
        token = state.push("fence_line", "", 0)
        token.info, token.map = match[1] or "", [start, start + 1]
        state.line = start + 1
    return True


def _live_rule(state: Any, silent: bool) -> bool:
    # Searched as a text, for an answer may have any number of braces that nothing closes.
    if not state.src.startswith("{{", state.pos):
        return False
    start = state.pos + 2
    end = state.src.find("}}", start + 1, start + MOST + 2)
    if end < 0:
        return False
    if not silent:
        state.push("live_number", "", 0).content = state.src[start:end]
    state.pos = end + 2
    return True


def _live(text: str, resolve: Resolve) -> str:
    try:
        reference = calls.parse(text)
    except ReportError as error:
        return box(str(error))
    if calls.SIGNATURES[reference.function].places:
        return box(misplaced(reference))
    try:
        shown = resolve(reference)
    except Exception as error:  # whatever others' numbers make of it: the answer around it is shown
        return box(f"{calls.short(text)}: {type(error).__name__}: {calls.short(str(error))}")
    title = escape(": ".join(word for word in (text.strip(), shown.detail) if word))
    if not shown.measured:
        # The sentence stays readable: what it lacks is said when asked, and once on top of the page.
        return f'<span class="unmeasured" title="{escape(shown.text)}: {title}">{OPEN}</span>'
    sign = {True: ' <span class="yes">✓</span>', False: ' <span class="no">✗</span>', None: ""}[shown.ok]
    kind = "live together" if len(shown.text) <= SHORT else "live"
    return f'<span class="{kind}" title="{title}">{powers(shown.text)}{sign}</span>'


def _picture(token: Token) -> str:
    return (
        f'<a href="{escape(str(token.attrs.get("src", "")))}" rel="noreferrer">{escape(token.content or "picture")}</a>'
    )


def _link(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    # A page that was opened from a disk need not tell other sites its path.
    tokens[index].attrSet("rel", "noreferrer")
    return str(self.renderToken(tokens, index, options, env))
