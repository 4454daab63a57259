"""Rendered answers, block by block: what a page shows first, what it folds, and where a chart may stand."""

from __future__ import annotations

import itertools
import re
from html import unescape
from html.parser import HTMLParser

from bench.report.answers.pieces import Piece, Prose

VOID = frozenset({"br", "hr", "img", "col", "wbr", "input", "source"})
HEADING = re.compile(r"<h[1-6]\b", re.IGNORECASE)
TITLE = re.compile(r"\s*<h([1-6])\b[^>]*>.*?</h\1>\s*", re.DOTALL | re.IGNORECASE)
WORDING = re.compile(r"<p>\s*(?:<strong>Question\b|<em>(?!Measured))", re.IGNORECASE)
SHORTLY = re.compile(r"<p>\s*<strong>(?:In short|Answer)\b", re.IGNORECASE)
MEASURED = re.compile(r"<p>\s*<strong>(?:What was m|M)easured\b", re.IGNORECASE)
READING = re.compile(r"<p>\s*<strong>(?:The )?reading\b", re.IGNORECASE)
OPENING = 420
"""Letters of an answer that stand open where no author has marked what to read first."""


class _Cutter(HTMLParser):
    """Where the elements begin that stand inside no other."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.depth, self.starts = 0, list[int]()
        self.lines = [0, *(match.end() for match in re.finditer("\n", html))]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            line, column = self.getpos()
            self.starts.append(self.lines[line - 1] + column)
        self.depth += tag not in VOID

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that ends itself holds nothing, and nothing begins with it."""

    def handle_endtag(self, tag: str) -> None:
        self.depth = max(0, self.depth - (tag not in VOID))


def blocks(html: str) -> tuple[str, ...]:
    """The paragraphs, headings, lists, formulas and tables of rendered Markdown, in order; nothing is lost."""
    starts = _Cutter(html).starts
    # Text that stands before the first element, or alone, is a block too.
    cuts = starts if starts and not html[: starts[0]].strip() else [0, *starts]
    return tuple(html[start:end] for start, end in zip(cuts, [*cuts[1:], len(html)], strict=True) if html[start:end])


def untitled(html: str) -> str:
    """Without the heading that it begins with."""
    return TITLE.sub("", html, count=1) if TITLE.match(html) else html


def is_heading(block: str) -> bool:
    return HEADING.match(block.lstrip()) is not None


def worded(listed: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The sheet's wording, where the first paragraph gives it, and what follows."""
    return (listed[0], listed[1:]) if listed and WORDING.match(listed[0]) else ("", listed)


def answered(listed: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The paragraph that says it is the answer, or what was measured, and the others; empty where there is none."""
    for mark in (SHORTLY, MEASURED):
        for at, block in enumerate(listed):
            if mark.match(block.lstrip()) and not _announces(block):
                return block, (*listed[:at], *listed[at + 1 :])
    return "", listed


def opening(listed: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first blocks, about ``OPENING`` letters of them, and the others; a block that announces the next one stays
    with it, and a heading does not end what stands open. How the question is read is left to the others."""
    readings = tuple(itertools.takewhile(lambda block: READING.match(block.lstrip()), listed))
    if readings and len(readings) < len(listed):
        shown, hidden = opening(listed[len(readings) :])
        return shown, (*readings, *hidden)
    count, letters = 0, 0
    while count < len(listed) and (letters < OPENING or _announces(listed[count - 1])):
        letters += len(text(listed[count]))
        count += 1
    while count and is_heading(listed[count - 1]):
        count -= 1
    return listed[:count], listed[count:]


def _announces(block: str) -> bool:
    return text(block)[-1:] in (":", ",")


def text(html: str) -> str:
    """What a reader sees of it, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def worded_pieces(pieces: tuple[Piece, ...]) -> tuple[str, tuple[Piece, ...]]:
    """The sheet's wording, where the text begins with it, and the pieces without it."""
    if not pieces or not isinstance(pieces[0], Prose):
        return "", pieces
    wording, listed = worded(blocks(pieces[0].html))
    return (wording, (Prose("".join(listed)), *pieces[1:])) if wording else ("", pieces)
