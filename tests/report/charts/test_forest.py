"""The forest plot: verdicts have colours, everything else is grey."""

from __future__ import annotations

from collections.abc import Callable

from bench.model import PartInfo, Record
from bench.report.charts.forest import forest
from bench.report.charts.model import GREEN, GREY, RED

ONE, HALF, WILD = (1.0, 1.01, 0.99, 1.0), (0.5, 0.505, 0.495, 0.5), (0.2, 3.0, 0.5, 2.0)


def records(timed: Callable[..., Record]) -> list[Record]:
    return [
        timed(name, seconds, batch=batch)
        for batch in (1, 8)
        for name, seconds in (("plain", ONE), ("fast", HALF), ("slow", (2.0, 2.01, 1.99, 2.0)), ("wild", WILD))
    ] + [timed("wrong", HALF, outcome="disagrees", batch=1)]


def test_a_column_a_value_and_a_colour_a_verdict(timed: Callable[..., Record], compared: PartInfo) -> None:
    chart = forest("ex01", compared, records(timed))
    assert chart is not None
    assert [column.title for column in chart.columns] == ["batch 1", "batch 8"]
    assert [(m.label, m.colour, m.text) for m in chart.columns[0].marks] == [
        ("fast", GREEN, "2 ×"),
        ("slow", RED, "0.5 ×"),
        ("wild", GREY, ""),
    ]
    assert chart.title == "fast is 2 × faster than plain at every batch size"
    assert (chart.line, chart.log, chart.name) == (1.0, True, "ratio")
    assert "wrong (disagrees)" in chart.note


def test_where_nothing_may_be_said_there_is_neither_word_nor_colour(
    timed: Callable[..., Record], compared: PartInfo
) -> None:
    chart = forest("ex01", compared, records(timed), telling=False)
    assert chart is not None
    assert {mark.colour for column in chart.columns for mark in column.marks} == {GREY}
    assert "faster" not in chart.title + chart.subtitle + chart.note


def test_several_seeds_share_a_row(timed: Callable[..., Record], compared: PartInfo) -> None:
    chart = forest(
        "ex01", compared, [timed(n, s, seed=seed) for seed in (0, 1) for n, s in (("plain", ONE), ("fast", HALF))]
    )
    assert chart is not None
    (column,) = chart.columns
    assert [mark.label for mark in column.marks] == ["fast", "fast"]
    assert "seeds 0 to 1" in chart.subtitle


def test_without_a_ratio_there_is_no_chart(timed: Callable[..., Record], compared: PartInfo) -> None:
    assert forest("ex01", compared, [timed("plain", ONE)]) is None
