"""What a part has recorded."""

from __future__ import annotations

from collections.abc import Callable

from bench.model import Run, Table
from bench.report.page import evidence, view
from bench.report.page.evidence import PartView


def part(run: Run, name: str) -> PartView:
    (page,) = view.view(run)
    return next(each for each in page.parts if each.info.id == name)


def test_columns_of_numbers_are_known_also_where_they_are_written_out() -> None:
    table = Table("t", ("text", "number", "digits"), (("w1", 1.5, "0.899000"), ("2 steps", None, "-1,024.5e-3")))
    assert evidence.Placed(table, ()).numeric == (False, True, True)


def test_equal_tables_of_several_seeds_stand_once(build: Callable[..., Run]) -> None:
    (table,) = part(build(hostile=False, seeds=(0, 1)), "a").tables
    assert table.label == "cpu, seed 0; cpu, seed 1"
    assert table.alone


def test_what_is_not_ok_has_an_id_on_the_page(run: Run) -> None:
    troubled = part(run, "b")
    assert {case.variant for case in troubled.cases} == {"wrong", "crash", "endless", "greedy"}
    assert len(set(troubled.cases.values())) == 4


def test_a_fold_says_what_it_holds(run: Run) -> None:
    study, speed, troubled = (part(run, name) for name in ("a", "a.speed", "b"))
    words = evidence.counted([study], smoke=False)
    assert words.startswith("12 claims, 9 hold · 2 numbers · ")
    assert words.endswith("1 table · 1 picture")
    assert evidence.counted([study], smoke=True).startswith("12 claims · 2 numbers")
    assert evidence.counted([speed], smoke=False).startswith("12 comparisons")
    assert evidence.counted([troubled], smoke=False).startswith("1 case went wrong · ")


def test_small_drawings_of_a_table_share_an_axis(run: Run) -> None:
    (compared,) = part(run, "a.speed").compared
    assert {bool(compared.drawing(row)) for row in compared.rows if row.is_reference} == {False}
    assert all('class="bar"' in compared.drawing(row) for row in compared.rows if row.ratio)


def test_several_devices_make_no_matrix(build: Callable[..., Run]) -> None:
    matrices, lines = part(build(hostile=False, devices=("cpu", "cuda")), "a").arranged
    assert matrices == ()
    assert {line.device for line in lines} == {"cpu", "cuda"}
