"""A device matrix as one JSON document: times in seconds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bench.analysis.matrix import Cell, Line, Matrix
from bench.model import Run
from bench.report.between.document import place

SCHEMA = 1


def document(matrix: Matrix) -> dict[str, Any]:
    """Ratios are of times, to the first column: 0.25 is four times as fast."""
    return {
        "schema": SCHEMA,
        "run": matrix.run.id,
        "profile": matrix.run.profile,
        "places": _places(matrix.run),
        "columns": [asdict(spot) for spot in matrix.spots],
        "cases": [_line(line, matrix) for line in matrix.lines],
        "notes": list(matrix.notes),
    }


def _places(run: Run) -> dict[str, Any]:
    return {name: place(at.environment) for name, at in run.places.items()}


def _line(line: Line, matrix: Matrix) -> dict[str, Any]:
    case = line.case
    return {
        "exercise": case.exercise,
        "part": case.part,
        "variant": case.variant,
        "seed": case.seed,
        "parameters": dict(case.parameters),
        "cells": [_cell(cell) for cell in line.cells],
    }


def _cell(cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    time, change = cell.time, cell.change
    return {
        "place": cell.place,
        "outcome": cell.record.outcome,
        "seconds": time and {"centre": time.centre, "low": time.low, "high": time.high, "rounds": time.rounds},
        "ratio": change and {"centre": change.centre, "low": change.low, "high": change.high, "p": change.p},
        "why": cell.why,
    }
