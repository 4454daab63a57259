"""What a written answer is made of, between its parsing and its page."""

from __future__ import annotations

from dataclasses import dataclass

from bench.model import Parameter


@dataclass(frozen=True, slots=True)
class Reference:
    """What an answer asks for: ``ratio("a.speed", "by hand", batch=8)``."""

    function: str
    names: tuple[str, ...]
    parameters: tuple[tuple[str, Parameter], ...] = ()


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, formulas, lists and tables, as HTML."""

    html: str


@dataclass(frozen=True, slots=True)
class Placement:
    """A chart, a comparison, a table or a picture that is to stand here; ``calls`` has those of one line, which stand
    side by side."""

    calls: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """What is shown on demand, such as a derivation."""

    title: str
    pieces: tuple[Piece, ...]


Piece = Prose | Placement | Fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with what follows it, down to the next heading of a question.

    ``question`` is "a", "a.1", or empty; ``title`` is the heading's text as HTML, and ``answer`` what stands in
    ``::: answer``, as HTML: a sentence or two with the numbers of this run.
    """

    question: str = ""
    title: str = ""
    answer: str = ""
    pieces: tuple[Piece, ...] = ()
