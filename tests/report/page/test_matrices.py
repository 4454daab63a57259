"""Numbers of one pattern as a matrix, and none that a table shows already."""

from __future__ import annotations

import pytest

from bench.model import Table
from bench.report.page import matrices
from bench.report.summary import MetricLine


def line(name: str, value: float = 1.0, unit: str = "", which: str = "") -> MetricLine:
    return MetricLine(name=name, unit=unit, device="cpu", median=value, low=value, high=value, count=1, which=which)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("test accuracy, batch 1", ("batch 1", "test accuracy")),
        ("sgd, batch 1: test accuracy", ("sgd, batch 1", "test accuracy")),
        ("epochs", ("", "epochs")),
    ],
)
def test_a_name_is_a_row_and_a_column(name: str, parts: tuple[str, str]) -> None:
    assert matrices.split(name) == parts


def test_numbers_of_one_pattern_become_a_matrix_and_the_others_stay() -> None:
    lines = [line(f"{what}, batch {b}", b, unit) for b in (1, 8) for what, unit in (("cost", "nat"), ("error", "%"))]
    alone = line("epochs")
    (matrix,), rest = matrices.arranged([alone, *lines])
    assert (matrix.rows, matrix.columns) == (("batch 1", "batch 8"), ("cost", "error"))
    assert [[cell.median for cell in row] for row in matrix.cells] == [[1, 1], [8, 8]]
    assert [matrix.unit(0), matrix.unit(1)] == ["nat", "%"]
    assert rest == (alone,)


def test_one_row_or_one_column_is_no_matrix() -> None:
    column = [line(f"gain, {name}") for name in ("tanh", "ReLU")]
    row = [line(f"He: {name}") for name in ("loss", "accuracy")]
    assert matrices.arranged([*column, *row]) == ((), (*column, *row))
    swept = [line(f"{a}, {b}", which="k=1") for a in "xy" for b in "uv"]
    assert matrices.arranged(swept) == ((), tuple(swept))


def test_cells_of_several_units_name_them_each() -> None:
    (matrix,), _ = matrices.arranged([line(f"{a}, {b}", unit=b) for a in "xy" for b in ("s", "B")])
    assert matrix.unit(0) == ""


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("test cost, batch 1", 0.22309494654337564, True),
        ("train loss, mean over seeds", 0.09772, True),
        ("epochs", 1.0, False),
        ("test cost, batch 1", 0.3, False),
        ("something else", 0.22309494654337564, False),
    ],
)
def test_a_number_that_a_table_holds_under_its_name_is_not_told_again(name: str, value: float, told: bool) -> None:
    table = Table(
        "t", ("batch size", "test cost", "train loss (nat)"), ((1, 0.22309494654337564, "0.0977 ± 0.08 nat"),)
    )
    assert (matrices.untold([line(name, value)], [table]) == ()) is told
