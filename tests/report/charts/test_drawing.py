"""The pen for paper: labels stand as they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.model import Curve, Record
from bench.report.charts import drawing
from bench.report.charts.curves import curve_charts


def test_mathematics_in_a_title_is_not_read(
    study: Callable[..., Record], line: Callable[..., Curve], tmp_path: Path
) -> None:
    (chart,) = curve_charts("ex01", "a", [study(replace(line("_$\\frac{$"), name="$\\frac{$ 50 %"))])
    png, svg = drawing.write(chart, tmp_path)
    assert png.stat().st_size > 5000
    assert svg.read_text().startswith("<?xml")
