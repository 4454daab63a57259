"""A device matrix on a terminal: a row a case, a column a kind of device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.matrix import Matrix
from bench.report.matrix import words
from bench.report.texts import SOFT, text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST = 60
"""Rows: the page and ``--json`` have all."""


def show(matrix: Matrix, console: Console) -> None:
    """Print it. Every text of a file is printed as it stands, never read as markup."""
    console.print(text(matrix.run.id, "bold"), soft_wrap=True)
    console.print(_table(matrix))
    if len(matrix.lines) > MOST:
        console.print(text(f"and {len(matrix.lines) - MOST} more cases, in the page", SOFT))
    for spot in matrix.spots:
        if where := words.where(spot):
            console.print(text(f"{spot.name}: on {where}", SOFT), soft_wrap=True)
    for note in matrix.notes:
        console.print(text(f"! {note}", "yellow"), soft_wrap=True)
    console.print(text(words.ACROSS, SOFT))
    console.print(text(words.headline(matrix)))


def _table(matrix: Matrix) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False, header_style=SOFT)
    table.add_column("case")
    for spot in matrix.spots:
        table.add_column(text(spot.name), justify="right")
    for line in matrix.lines[:MOST]:
        cells = ("\n".join(filter(None, words.cell(cell))) for cell in line.cells)
        table.add_row(text(words.label(line)), *map(text, cells))
    return table
