"""The forest plot of a comparison of runs."""

from __future__ import annotations

from bench.analysis.compared import compare
from bench.report.between import chart
from bench.report.charts.model import GREEN, GREY, RED
from tests.two_runs import case, found, pair, run, timed


def test_a_row_a_case_coloured_by_its_verdict_and_open_where_it_is_inconclusive() -> None:
    base = run("a", *(timed(of=case(n=n)) for n in range(4)))
    new = run("b", *(timed(f, case(n=n)) for n, f in enumerate((1.1, 0.8, 1.0))), timed(of=case(n=3), rounds=(1, 2, 9)))
    forest = chart.forest(compare((base, new)))
    assert forest
    (column,) = forest.columns
    told = [(mark.label.split(":")[0][-3:], mark.colour, mark.hollow, mark.text) for mark in column.marks]
    assert told == [
        ("n=0", RED, False, "+10.0 %"),
        ("n=1", GREEN, False, "−20.0 %"),
        ("n=3", GREY, True, ""),
        ("n=2", GREY, False, ""),
    ]
    assert forest.line == 1
    assert all(mark.low > mark.value / 3.01 and mark.high < mark.value * 3.01 for mark in column.marks)
    assert forest.note == "Bars are cut off at 3 times up and down"


def test_many_cases_are_cut_and_counted() -> None:
    count = chart.MOST_ROWS + 7
    base, new = (run(id, *(timed(of=case(n=n)) for n in range(count))) for id in "ab")
    forest = chart.forest(compare((base, new)))
    assert forest
    assert len(forest.rows) == chart.MOST_ROWS
    assert forest.note == "7 more times are in the table below"


def test_a_column_a_run() -> None:
    base, new = pair(1.1)
    third = run("c", timed(0.9), created="2026-11-30T05:06:07+00:00")
    forest = chart.forest(compare((base, new, third)))
    assert forest
    assert [column.title for column in forest.columns] == ["2026-11-29 01:02, b481930", "2026-11-30 05:06, b481930"]


def test_no_plot_without_an_interval() -> None:
    study = found({"x": 0.5})
    assert chart.forest(compare((run("a", study), run("b", study)))) is None


def test_what_is_out_of_all_measure_is_left_to_the_table() -> None:
    """An axis from 1e-305 to 1e305 cannot be drawn: a run of others with such times ended in a traceback."""
    base = run("a", *(timed(of=case(n=n)) for n in range(3)))
    forest = chart.forest(
        compare((base, run("b", timed(1e305, case(n=0)), timed(1e-290, case(n=1)), timed(of=case(n=2)))))
    )
    assert forest
    assert forest.rows == ("ex01.a.speed n=2: mine",)
    assert forest.note == "2 more times are in the table below"
