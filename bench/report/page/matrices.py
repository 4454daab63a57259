"""Numbers of one pattern as a table of rows and columns, and none that a table shows already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isclose

from bench.model import Table
from bench.report.summary import MetricLine

FEWEST = 2
"""So many rows and columns make a matrix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """``cells[row][column]`` of the rows and the columns; "batch 1" by "test accuracy"."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[MetricLine, ...], ...]

    def unit(self, column: int) -> str:
        """The unit of a whole column; empty where its cells have several."""
        units = {row[column].unit for row in self.cells}
        return units.pop() if len(units) == 1 else ""


def arranged(lines: Sequence[MetricLine]) -> tuple[tuple[Matrix, ...], tuple[MetricLine, ...]]:
    """Matrices of what has a pattern, and the lines that have none."""
    columns: dict[str, dict[str, MetricLine]] = {}
    for line in lines:
        row, column = split(line.name)
        if row and not line.which:
            columns.setdefault(column, {}).setdefault(row, line)
    alike: dict[tuple[str, ...], list[str]] = {}
    for column, cells in columns.items():
        alike.setdefault(tuple(cells), []).append(column)
    matrices = tuple(_matrix(rows, tuple(names), columns) for rows, names in alike.items() if _worth(rows, names))
    inside = {id(cell) for matrix in matrices for row in matrix.cells for cell in row}
    return matrices, tuple(line for line in lines if id(line) not in inside)


def _worth(rows: Sequence[str], columns: Sequence[str]) -> bool:
    return len(rows) >= FEWEST and len(columns) >= FEWEST


def _matrix(rows: tuple[str, ...], columns: tuple[str, ...], cells: dict[str, dict[str, MetricLine]]) -> Matrix:
    return Matrix(
        rows=rows, columns=columns, cells=tuple(tuple(cells[column][row] for column in columns) for row in rows)
    )


def split(name: str) -> tuple[str, str]:
    """Row and column: "sgd, batch 1: test accuracy" is of the row "sgd, batch 1", "test accuracy, batch 1" of the row
    "batch 1"; no row where the name has no pattern."""
    before, colon, after = name.rpartition(": ")
    if colon:
        return before, after
    before, comma, after = name.rpartition(", ")
    return (after, before) if comma else ("", name)


def untold(lines: Iterable[MetricLine], tables: Iterable[Table]) -> tuple[MetricLine, ...]:
    """The lines whose number no table holds under a heading that the line names too."""
    cells = [cell for table in tables for cell in _cells(table)]
    return tuple(line for line in lines if not any(_holds(cell, line) for cell in cells))


Held = tuple[float, tuple[str, ...]]


def _cells(table: Table) -> Iterable[Held]:
    """Every number of a table, with the words of its column and of its row."""
    for row in table.rows:
        words = tuple(_plain(str(cell)) for cell in row if isinstance(cell, str))
        for column, cell in zip(table.columns, row, strict=False):
            number = _number(cell)
            if number is not None:
                yield number, (_plain(column), *words)


def _number(cell: object) -> float | None:
    """The number that a cell is, or begins with: "0.098 ± 0.078 nat"."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    match = re.match(r"[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.])", cell) if isinstance(cell, str) else None
    return float(match[0].replace("−", "-")) if match else None


def _holds(cell: Held, line: MetricLine) -> bool:
    value, words = cell
    name = _plain(line.name)
    return _same(value, line.median) and any(word and word in name for word in words)


def _same(shown: float, value: float) -> bool:
    # A study may have rounded what it wrote into its table, to three digits at least.
    return isclose(shown, value, rel_tol=1e-9) or (shown != 0 and f"{shown:.3g}" == f"{value:.3g}")


def _plain(words: str) -> str:
    """Without a unit in brackets, and in small letters."""
    return " ".join(re.sub(r"\([^)]*\)", " ", words).lower().split())
