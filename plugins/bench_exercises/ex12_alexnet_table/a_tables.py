"""The tables of the report, as rows of text and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from .a_solver import Filled, Status, lines_of, type_of
from .by_hand import Line, Shape, total
from .problem import INPUT, SPECIFICATION

COLUMNS = ("row", "layer name (type)", "specification", "output dim", "number of parameters")
MARKS: dict[Status, str] = {"printed": "", "forced": " ★", "chosen": " ☆"}


def size(shape: Shape) -> str:
    """As the sheet writes it: (3,10,20)."""
    return f"({','.join(map(str, shape))})"


def filled_table(printed: Sequence[Filled], alexnet: Sequence[Filled]) -> list[dict[str, str]]:
    """The sheet's columns: row 1, the rows as printed with AlexNet's row 4 under theirs, both totals."""
    rows = [_row(["1", "INPUT", "-", size(INPUT), "-"])]
    for ours, theirs in zip(printed, alexnet, strict=True):
        rows.append(_filled(ours, str(ours.row.number)))
        if theirs.row != ours.row:
            rows.append(_filled(theirs, f"{ours.row.number}′"))
    for name, table in (("row 4", printed), ("row 4′", alexnet)):
        rows.append(_row(["", f"all, with {name}", "", "", f"{total(lines_of(table)):,}"]))
    return rows


def _row(cells: Sequence[str]) -> dict[str, str]:
    return dict(zip(COLUMNS, cells, strict=True))


def _filled(filled: Filled, label: str) -> dict[str, str]:
    given = [f"{letter}={_cell(filled, cell)}" for letter, cell in SPECIFICATION.items() if _has(filled, cell)]
    shape = _cell(filled, "shape") if _has(filled, "shape") else "-"
    return _row([label, _cell(filled, "type"), " ".join(given), shape, _cell(filled, "parameters")])


def _has(filled: Filled, cell: str) -> bool:
    return filled.status(cell) != "not asked"


def _cell(filled: Filled, cell: str) -> str:
    value = filled.value(cell)
    text = size(value) if isinstance(value, tuple) else f"{value:,}" if isinstance(value, int) else str(value)
    return text + MARKS[filled.status(cell)]


def what_fits(table: Sequence[tuple[str, Filled]]) -> list[dict[str, Any]]:
    """Every layer with windows that fits the printed cells of a row."""
    return [_what_fits(label, filled) for label, filled in table if len(filled.line.after) > 1]


def _what_fits(label: str, filled: Filled) -> dict[str, Any]:
    cells = ("kernel", "stride", "padding")
    windows = dict.fromkeys(tuple(filled.value(cell, layer) for cell in cells) for layer in filled.candidates)
    return {
        "row": label,
        "from": size(filled.line.before),
        "to": size(filled.line.after),
        "types that fit": " or ".join(sorted({type_of(layer) for layer in filled.candidates})),
        "(k, s, p) that fit": "  ".join(map(str, windows)),
    }


def cost_rows(numbers: Sequence[str], lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {
            "row": number,
            "type": type_of(line.layer),
            "parameters": line.parameters,
            "multiplications": line.multiplications,
            "numbers put out": prod(line.after),
            "multiplications per parameter": line.multiplications / line.parameters if line.parameters else None,
        }
        for number, line in zip(numbers, lines, strict=True)
    ]
