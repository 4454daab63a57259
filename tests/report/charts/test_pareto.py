"""Which variants are worth a choice."""

from __future__ import annotations

from collections.abc import Callable

from bench.model import PartInfo, Record
from bench.report.charts.pareto import front, pareto

MIB = 2**20


def test_the_front_is_what_no_other_beats_in_both() -> None:
    assert front({"a": (1.0, 3.0), "b": (2.0, 2.0), "c": (3.0, 2.0), "d": (3.0, 1.0)}) == ["a", "b", "d"]
    assert front({"a": (1.0, 1.0), "b": (1.0, 1.0)}) == ["a"]


def test_points_of_the_front_have_a_colour_and_a_line(timed: Callable[..., Record], compared: PartInfo) -> None:
    records = [
        timed(name, (t,), peak=peak * MIB, batch=batch)
        for batch in (1, 8)
        for name, t, peak in (("plain", 3.0, 3), ("quick", 1.0, 2), ("small", 2.0, 1))
    ]
    chart = pareto("ex01", compared, records)
    assert chart is not None
    stairs, plain, quick, small = chart.panels[0].lines
    assert stairs.style == "law"
    assert quick.colour == small.colour != plain.colour
    assert chart.title == "least time: quick; least memory: small"
    assert "batch 8" in chart.subtitle


def test_one_memory_for_all_is_no_choice(timed: Callable[..., Record], compared: PartInfo) -> None:
    assert pareto("ex01", compared, [timed("plain", (1.0,)), timed("b", (2.0,))]) is None
    assert pareto("ex01", compared, []) is None
