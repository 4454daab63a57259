"""A device matrix as Markdown: for a pull request, or the summary of a build."""

from __future__ import annotations

from collections.abc import Iterator

from bench.analysis.matrix import Matrix
from bench.report.between.markdown import table
from bench.report.matrix import words
from bench.texts import in_markdown


def markdown(matrix: Matrix) -> str:
    """Everything from the run is escaped: no name can make a link, an image or a row."""
    return "\n".join(_lines(matrix)) + "\n"


def _lines(matrix: Matrix) -> Iterator[str]:
    yield f"### {in_markdown(words.headline(matrix))}"
    yield ""
    yield f"**{in_markdown(matrix.run.id)}**"
    rows = [
        (words.label(line), *("; ".join(filter(None, words.cell(cell))) for cell in line.cells))
        for line in matrix.lines
    ]
    yield from table(("case", *(in_markdown(spot.name) for spot in matrix.spots)), rows)
    places = [f"{spot.name}: on {where}" for spot in matrix.spots if (where := words.where(spot))]
    for line in (*places, *matrix.notes):
        yield from ("", f"- {in_markdown(line)}")
    yield ""
    yield f"_{in_markdown(words.ACROSS)}_"
