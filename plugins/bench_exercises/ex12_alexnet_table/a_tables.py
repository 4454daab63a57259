"""The tables of the report, as rows of text and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Literal

from .a_enumeration import convolutions
from .a_solver import CELLS, Filled, Status
from .by_hand import Convolution, FullyConnected, Layer, Line, MaxPooling, Shape, biases, total
from .problem import INPUT, Row

TYPES: dict[type[Layer], str] = {
    Convolution: "convolution",
    MaxPooling: "max pooling",
    FullyConnected: "fully connected",
}
Shown = Status | Literal["assumed"]
"""... or it is not in the sheet, but known of AlexNet."""
MARKS: dict[Shown, str] = {"printed": "", "forced": " ★", "chosen": " ☆", "assumed": " †"}
COLUMNS = ("row", "type", "input", "output", "k", "s", "p", "parameters")
Cell = tuple[str, Shown]
BLANK: Cell = ("", "printed")


def size(shape: Shape) -> str:
    return "×".join(map(str, shape))


def filled_table(printed: Sequence[Filled], alexnet: Sequence[Filled]) -> list[list[Cell]]:
    """Text and status of every cell: row 1, the rows as printed with AlexNet's row 4 under theirs, both totals."""
    rows = [_input_row()]
    for ours, theirs in zip(printed, alexnet, strict=True):
        rows.append(_cells(ours, str(ours.row.number), sheet=ours.row))
        if theirs.row != ours.row:
            rows.append(_cells(theirs, number(theirs.row, ours.row), sheet=ours.row))
    return [*rows, _total_row("total with row 4", printed), _total_row("total with row 4′", alexnet)]


def number(row: Row, sheet: Row) -> str:
    """The row's number, with a prime where it differs from the sheet's."""
    return f"{row.number}′" if row != sheet else str(row.number)


def _input_row() -> list[Cell]:
    return [("1", "printed"), ("input", "forced"), BLANK, (size(INPUT), "printed"), *[_dash()] * 3, ("0", "forced")]


def _dash() -> Cell:
    return ("–", "printed")


def _total_row(name: str, table: Sequence[Filled]) -> list[Cell]:
    return [BLANK, (name, "printed"), *[BLANK] * 5, (f"{total([filled.line for filled in table]):,}", "chosen")]


def _cells(filled: Filled, label: str, sheet: Row) -> list[Cell]:
    """One row, in the order of ``COLUMNS``; ``sheet`` is the row as the sheet has it."""
    kind, *window, count = (_cell(filled, cell, sheet) for cell in CELLS)
    before, after = size(filled.line.before), size(filled.line.after)
    return [(label, "printed"), kind, (before, "printed"), (after, "printed"), *window, count]


def _cell(filled: Filled, cell: str, sheet: Row) -> Cell:
    if cell == "type":
        return TYPES[type(filled.layer)], filled.status(cell)
    value, status = filled.value(cell), filled.status(cell)
    if value is None:
        return _dash()
    return f"{value:,}", "assumed" if status == "printed" and getattr(sheet, cell) is None else status


def marked(table: Sequence[Sequence[Cell]]) -> list[dict[str, str]]:
    return [
        {column: text + MARKS[status] for column, (text, status) in zip(COLUMNS, row, strict=True)} for row in table
    ]


def what_fits(table: Sequence[tuple[str, Filled]]) -> list[dict[str, Any]]:
    """Every convolution that fits the printed cells of a row, and how many poolings do."""
    return [_what_fits(label, filled) for label, filled in table if filled.row.windowed]


def _what_fits(label: str, filled: Filled) -> dict[str, Any]:
    found = convolutions(filled)
    return {
        "row": label,
        "from": size(filled.line.before),
        "to": size(filled.row.shape),
        "convolutions that fit, as (k, s, p)": "  ".join(f"({c.kernel}, {c.stride}, {c.padding})" for c in found),
        "poolings that fit": len(filled.candidates) - len(found),
    }


def type_rows(table: Sequence[Filled]) -> list[dict[str, Any]]:
    """Which types fit the printed cells, which was taken, and its weights and biases."""
    rows = []
    for filled in table:
        fitting = sorted({TYPES[type(layer)] for layer in filled.candidates})
        added = biases(filled.layer)
        rows.append(
            {
                "row": filled.row.number,
                "types that fit": " or ".join(fitting),
                "taken": TYPES[type(filled.layer)],
                "weights": filled.line.parameters - added,
                "biases": added,
            }
        )
    return rows


def cost_rows(numbers: Sequence[str], lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {
            "row": number,
            "type": TYPES[type(line.layer)],
            "parameters": line.parameters,
            "multiplications": line.multiplications,
            "numbers put out": prod(line.after),
            "multiplications per parameter": line.multiplications / line.parameters if line.parameters else None,
        }
        for number, line in zip(numbers, lines, strict=True)
    ]
