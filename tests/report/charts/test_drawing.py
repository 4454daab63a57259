"""The pen for paper: labels stand as they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.model import Curve, Record
from bench.report.charts import drawing
from bench.report.charts.curves import curve_charts
from bench.report.charts.model import Line, LineChart


def test_mathematics_in_a_title_is_not_read(
    study: Callable[..., Record], line: Callable[..., Curve], tmp_path: Path
) -> None:
    (chart,) = curve_charts("ex01", "a", [study(replace(line("_$\\frac{$"), name="$\\frac{$ 50 %"))])
    png, svg = drawing.write(chart, tmp_path)
    assert png.stat().st_size > 5000
    assert svg.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("text", "longest", "plain"),
    [
        ("a\n  b", 10, "a b"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("$x$", 10, r"\$x\$"),
        ("a\\b $", 10, r"a\\b \$"),
        ("a\\b", 10, "a\\b"),
    ],
)
def test_a_label_is_one_line_not_too_long_and_no_mathematics(text: str, longest: int, plain: str) -> None:
    assert drawing.plain(text, longest) == plain


def test_a_file_says_nothing_of_when_and_by_what_it_was_written(
    study: Callable[..., Record], line: Callable[..., Curve], tmp_path: Path
) -> None:
    (chart,) = curve_charts("ex01", "a", [study(line())])
    png, svg = drawing.write(chart, tmp_path)
    assert b"Software" not in png.read_bytes()
    text = svg.read_text()
    assert "<dc:date>" not in text
    assert "<dc:title>Matplotlib" not in text


def test_an_axis_has_its_numbers_where_something_was_measured() -> None:
    points = Line(label="l", x=(1.0, 8.0, 50.0), y=(1.0, 2.0, 3.0), low=(1, 2, 3), high=(1, 2, 3), style="points")
    chart = LineChart(slug="c", title="t", x_label="batch", y_label="y", lines=(points,), log_x=True)
    (axes,) = drawing.draw(chart).axes
    assert list(axes.xaxis.get_majorticklocs()) == [1, 8, 50]
    assert list(axes.xaxis.get_minorticklocs()) == []
    assert axes.get_xscale() == "log"


def test_a_bound_on_the_wrong_side_is_no_negative_bar() -> None:
    odd = Line(label="l", x=(1.0,), y=(2.0,), low=(2.0 + 1e-12,), high=(2.0 - 1e-12,), style="points")
    drawing.draw(LineChart(slug="c", title="t", x_label="x", y_label="y", lines=(odd,)))
