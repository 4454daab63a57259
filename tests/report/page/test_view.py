"""What the page says, before a template sets it."""

from __future__ import annotations

from collections.abc import Callable

from bench.model import Run, Table
from bench.report.page import view


def test_columns_of_numbers_are_known_also_where_they_are_written_out() -> None:
    table = Table("t", ("text", "number", "digits"), (("w1", 1.5, "0.899000"), ("2 steps", None, "-1,024.5e-3")))
    assert view.Placed(table, ()).numeric == (False, True, True)


def test_equal_tables_of_several_seeds_stand_once(build: Callable[..., Run]) -> None:
    seen = view.view(build(hostile=False, seeds=(0, 1)))
    (table,) = seen.exercises[0].parts[0].tables
    assert table.label == "cpu, seed 0; cpu, seed 1"
