"""Where charts, tables and pictures stand: beside the text that speaks of them, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bench.model import Figure, Table
from bench.report.answers.pieces import Fold, Piece, Placement, Prose, Reference, Section
from bench.report.charts.model import Chart
from bench.report.page import blocks
from bench.report.page.evidence import Compared, PartView, Placed

MOST = 3
"""Charts that stand open below one question where its author placed none."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart of a part that is placed."""

    chart: Chart
    part: str
    kind: ClassVar[str] = "chart"


@dataclass(frozen=True, slots=True)
class Shown:
    """A recorded table or a picture of a study that is placed."""

    placed: Placed

    @property
    def kind(self) -> str:
        return "table" if isinstance(self.placed.item, Table) else "picture"


@dataclass(frozen=True, slots=True)
class Held:
    """The comparison of a part, as a table."""

    part: PartView
    compared: Compared
    kind: ClassVar[str] = "comparison"


@dataclass(frozen=True, slots=True)
class Code:
    """A file of the exercise that is printed."""

    name: str
    text: str
    kind: ClassVar[str] = "code"


@dataclass(frozen=True, slots=True)
class Raced:
    """The race of a part, as the table of its methods."""

    part: PartView
    kind: ClassVar[str] = "race"


@dataclass(frozen=True, slots=True)
class Absent:
    """What an answer places and its part did not record."""

    words: str
    kind: ClassVar[str] = "absent"


Thing = Drawn | Shown | Held | Raced | Code | Absent


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, as HTML."""

    html: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Folded:
    """What opens on demand."""

    title: str
    rows: tuple[Row, ...]
    kind: ClassVar[str] = "fold"


@dataclass(frozen=True, slots=True)
class Row:
    """Text with what stands beside it; without text, things as wide as the page."""

    text: tuple[Text | Folded, ...] = ()
    things: tuple[Thing, ...] = ()

    @property
    def is_paired(self) -> bool:
        """Whether there are two columns; what is absent is a line below the text."""
        return bool(self.text) and any(thing.kind != "absent" for thing in self.things)


Find = Callable[[Reference], Thing | None]
"""What a call places: nothing where its part was not run, which the page says once."""


def once(find: Find) -> Find:
    """The same without charts that were placed already: two names, of train and of test, may be those of one chart."""
    seen = set[str]()

    def found(reference: Reference) -> Thing | None:
        thing = find(reference)
        if not isinstance(thing, Drawn):
            return thing
        known = thing.chart.slug in seen
        seen.add(thing.chart.slug)
        return None if known else thing

    return found


@dataclass(slots=True)
class Laying:
    """Rows while they are laid."""

    rows: list[Row] = field(default_factory=list)
    text: list[Text | Folded] = field(default_factory=list)
    beside: list[Thing] = field(default_factory=list)

    def end(self) -> None:
        """What comes next begins a row of its own."""
        if self.text or self.beside:
            self.rows.append(Row(tuple(self.text), tuple(self.beside)))
        self.text, self.beside = [], []

    def wide(self, things: Iterable[Thing]) -> None:
        self.end()
        self.rows.append(Row((), tuple(things)))

    def put(self, things: Sequence[Thing], followed: bool) -> None:
        """Beside the text that follows, or where none does, beside what precedes."""
        if followed and self.text and (self.beside or not self.opening):
            self.end()
        elif not followed and (self.beside or not self.text):
            self.wide(things)
            return
        self.beside += things

    @property
    def opening(self) -> bool:
        """Whether only the answer was laid yet: a chart beside it serves the text that follows as well."""
        return not self.rows and len(self.text) == 1


def laid(answer: str, pieces: Sequence[Piece], find: Find) -> tuple[Row, ...]:
    """The rows of a section: its answer, then its pieces. Charts with ``beside=True`` stand in the column beside the
    text up to the next placement or heading."""
    laying = Laying(text=[Text(answer)] if answer else [])
    for index, piece in enumerate(pieces):
        if isinstance(piece, Prose):
            _lay_prose(laying, piece)
        elif isinstance(piece, Fold):
            laying.text.append(Folded(piece.title, laid("", piece.pieces, find)))
        else:
            things = [thing for thing in map(find, piece.calls) if thing is not None]
            if not things:
                continue
            followed = index + 1 < len(pieces) and isinstance(pieces[index + 1], Prose)
            if any(dict(call.parameters).get("beside") for call in piece.calls):
                laying.put(things, followed)
            else:
                laying.wide(things)
    laying.end()
    return tuple(laying.rows)


def _lay_prose(laying: Laying, piece: Prose) -> None:
    """A heading ends what stands beside the text before it."""
    for block in blocks.blocks(piece.html):
        if blocks.is_heading(block) and laying.beside and laying.text:
            laying.end()
        laying.text.append(Text(block))


def unplaced(section: Section, charts: Sequence[Drawn]) -> tuple[str, str, tuple[Row, ...]]:
    """The wording, the answer and the rows of a section whose author has placed nothing: its answer beside the first
    chart, the others below, and the rest of the text folded."""
    prose = [block for piece in section.pieces if isinstance(piece, Prose) for block in blocks.blocks(piece.html)]
    wording, listed = blocks.worded(tuple(prose))
    answer, rest = (section.answer, listed) if section.answer else blocks.answered(listed)
    folds = tuple(
        Folded(piece.title, laid("", piece.pieces, _none)) for piece in section.pieces if isinstance(piece, Fold)
    )
    shown, hidden = ((answer,), rest) if answer else blocks.opening(rest)
    title = "The whole answer" if answer else "The rest of the answer"
    whole = (Folded(title, (Row(tuple(map(Text, hidden))),)),) if hidden else ()
    text = (*map(Text, shown), *whole, *folds)
    first, others = charts[:1], charts[1:MOST]
    rows = (Row(text, tuple(first)), *((Row((), tuple(others)),) if others else ()))
    return wording, answer, tuple(row for row in rows if row.text or row.things)


def in_part(section: Section, answer: str, opened: Sequence[Thing]) -> tuple[str, tuple[Row, ...]]:
    """The wording and the rows of a section that speaks mostly of what was not run: what was run stands open beside the
    ``answer``, if there is one, and the written answer is folded, without what it would place."""
    wording, pieces = blocks.worded_pieces(section.pieces)
    whole = laid("" if answer else section.answer, pieces, lambda _: None)
    text: tuple[Text | Folded, ...] = (
        *([Text(answer)] if answer else []),
        *([Folded("The whole answer", whole)] if whole else []),
    )
    charts = tuple(thing for thing in opened if isinstance(thing, Drawn))
    beside, below = (charts[:1], charts[1:]) if answer else ((), charts)
    others = ((thing,) for thing in opened if not isinstance(thing, Drawn))
    rows = (Row(text, beside), Row((), below), *(Row((), each) for each in others))
    return wording, tuple(row for row in rows if row.text or row.things)


def _none(reference: Reference) -> Thing:
    return Absent(name_of(reference))


def placements(pieces: Iterable[Piece]) -> Iterator[Reference]:
    """Every call that places something, also inside folds."""
    for piece in pieces:
        if isinstance(piece, Placement):
            yield from piece.calls
        elif isinstance(piece, Fold):
            yield from placements(piece.pieces)


def name_of(reference: Reference) -> str:
    """ "the chart “cost” of a", "the code of solution.py"."""
    rest = " ".join(f"“{name}”" for name in reference.names[1:])
    return f"the {reference.function} {rest} of {reference.names[0]}".replace("  ", " ")


def first_charts(parts: Iterable[PartView]) -> tuple[Drawn, ...]:
    """The charts that open a question: one of each of its parts, what was compared second, then the others."""
    listed = [part for part in parts if part.charts]
    # What a study shows, and what is faster, before a second study.
    ordered = sorted(listed[1:], key=lambda part: not part.compared)
    firsts = [Drawn(part.charts[0], part.info.id) for part in (*listed[:1], *ordered)]
    others = [Drawn(chart, part.info.id) for part in listed for chart in part.charts[1:]]
    return tuple((firsts + others)[:MOST])


def recorded(function: str, name: str, part: PartView) -> Placed | None:
    """The table or figure of a part by its name, or by the beginning of it."""
    listed = part.tables if function == "table" else part.figures
    exact = next((each for each in listed if each.item.name == name), None)
    return exact or next((each for each in listed if each.item.name.startswith(name)), None)


def pictures(rows: Iterable[Row]) -> Iterator[Figure]:
    """The pictures among things that are placed, also inside folds."""
    for thing in things(rows):
        if isinstance(thing, Shown) and isinstance(thing.placed.item, Figure):
            yield thing.placed.item


def things(rows: Iterable[Row]) -> Iterator[Thing]:
    """Everything that is placed, also inside folds."""
    for row in rows:
        yield from row.things
        for text in row.text:
            if isinstance(text, Folded):
                yield from things(text.rows)
