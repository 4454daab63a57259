"""The curves of a study become charts: one a name, one line a series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bench.model import Curve, Record
from bench.report.charts.curves import curve_charts
from bench.report.charts.model import PALETTE


def test_one_chart_a_name_and_one_line_a_series(study: Callable[..., Record], line: Callable[..., Curve]) -> None:
    charts = curve_charts("ex01", "a", [study(line("train"), line("test"), replace(line(), name="error"))])
    assert [chart.title for chart in charts] == ["loss", "error"]
    assert [drawn.label for drawn in charts[0].lines] == ["train", "test"]
    assert charts[0].lines[0].colour != charts[0].lines[1].colour
    assert charts[0].x_label == "step"


def test_seeds_of_common_x_become_a_mean_with_its_range(
    study: Callable[..., Record], line: Callable[..., Curve]
) -> None:
    (chart,) = curve_charts("ex01", "a", [study(line(y=(1.0, 2.0))), study(line(y=(3.0, 6.0)), seed=1)])
    (drawn,) = chart.lines
    assert (drawn.y, drawn.low, drawn.high) == ((2.0, 4.0), (1.0, 2.0), (3.0, 6.0))
    assert "2 seeds" in chart.note


def test_seeds_of_different_x_keep_their_own_lines(study: Callable[..., Record], line: Callable[..., Curve]) -> None:
    other = replace(line(), x=(0.0, 1.5, 2.0))
    (chart,) = curve_charts("ex01", "a", [study(line()), study(other, seed=1)])
    assert [(drawn.hue, drawn.low) for drawn in chart.lines] == [(0, ()), (0, ())]
    assert "one line each" in chart.note


def test_devices_share_a_colour_and_differ_in_dash(study: Callable[..., Record], line: Callable[..., Curve]) -> None:
    (chart,) = curve_charts("ex01", "a", [study(line("train")), study(line("train"), device="cuda")])
    assert [(d.label, d.hue, d.dashed) for d in chart.lines] == [("train, cpu", 0, False), ("train, cuda", 0, True)]


def test_more_series_than_colours_are_told_apart_by_dash(
    study: Callable[..., Record], line: Callable[..., Curve]
) -> None:
    (chart,) = curve_charts("ex01", "a", [study(*(line(str(i)) for i in range(2 * len(PALETTE))))])
    assert len({(drawn.colour, drawn.dashed) for drawn in chart.lines}) == 2 * len(PALETTE)


def test_points_that_a_logarithm_does_not_have_are_left_out_and_counted(
    study: Callable[..., Record], line: Callable[..., Curve]
) -> None:
    (chart,) = curve_charts("ex01", "a", [study(line(y=(1.0, 0.0, -1.0, 2.0), scale="log-y"))])
    assert chart.lines[0].y == (1.0, 2.0)
    assert "2 points at or below zero" in chart.note
    assert chart.log_y
