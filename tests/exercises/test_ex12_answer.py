"""ex12: the written answer says what a run finds, cell by cell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.testing import failed, run_part
from bench_exercises.ex12_alexnet_table import by_hand, exercise
from bench_exercises.ex12_alexnet_table.a_solver import row, solve
from bench_exercises.ex12_alexnet_table.a_tables import size
from bench_exercises.ex12_alexnet_table.problem import PRINT, PRINTED, SPECIFICATION

ANSWER = Path(by_hand.__file__).with_name("answer.md").read_text(encoding="utf-8")
STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]
MARKS = {"★": "forced", "☆": "chosen"}
CELLS = {**SPECIFICATION, "from": "into", "to": "out", "output dim": "shape", "layer name": "type"}


@pytest.fixture(scope="module")
def findings():
    return {part.id: run_part(exercise, part.id) for part in STUDIES}


@pytest.mark.parametrize("part", STUDIES, ids=lambda part: part.id)
def test_every_claim_of_a_study_holds(part, findings):
    assert findings[part.id].claims
    assert failed(findings[part.id]) == {}


def test_the_answer_names_the_claims_and_metrics_that_exist(findings):
    names = {claim.name for found in findings.values() for claim in found.claims}
    assert set(re.findall(r'claim\("(.+?)"\)', ANSWER)) <= names
    metrics = {metric.name for found in findings.values() for metric in found.metrics}
    assert set(re.findall(r'metric\("(.+?)"\)', ANSWER)) == metrics


def table_below(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    lines = ANSWER[ANSWER.index(heading) :].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("| ---"))
    table = lines[first + 1 : lines.index("", first)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_without_its_bold_cells_the_filled_table_is_the_sheets():
    printed = [[cell.strip() for cell in line.split("|")] for line in PRINT.splitlines()]
    stars = {7: "in=* out=* k=* p=* s=*", 8: "in=* out=* k=3 p=* s=*"}
    for number, spelt in stars.items():
        assert "***" in printed[number][2]
        printed[number][2] = spelt
    ours = [[re.sub(r"\*\*.+?\*\*", "*", cell) for cell in line] for line in table_below("### The table, filled")]
    assert ours == printed


def test_bold_cells_of_the_filled_table_are_what_the_solver_found():
    for line, filled in zip(table_below("### The table, filled")[1:], solve(PRINTED), strict=True):
        bold = re.findall(r"\*\*(.+?)\*\*", " | ".join(line))
        found = {cell: shown(filled.value(cell)) for cell in filled.row.starred}
        marks = [f"{found[cell]} ☆" if filled.status(cell) == "chosen" else found[cell] for cell in filled.row.starred]
        assert bold == marks, filled.row.number


def test_one_line_of_deduction_a_starred_cell():
    lines = [line for line in table_below("### Why, cell by cell") if line[0]]
    places = [(int(number), CELLS.get(cell, cell)) for number, cell, *_ in lines]
    assert sorted(places) == sorted(
        (filled.row.number, cell) for filled in solve(PRINTED) for cell in filled.row.starred
    )
    for (number, cell), (_, _, value, mark, why) in zip(places, lines, strict=True):
        filled = row(number, solve(PRINTED))
        assert (value, MARKS[mark]) == (shown(filled.value(cell)), filled.status(cell)), (number, cell)
        assert why


def shown(value: object) -> str:
    if isinstance(value, tuple):
        return size(value)
    return f"{value:,}" if isinstance(value, int) and value > 9999 else str(value)
