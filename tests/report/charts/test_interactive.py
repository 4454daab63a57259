"""The pen for the page: the same lines in the specification and in the drawing."""

from __future__ import annotations

import re
from collections.abc import Callable

from bench.model import Case, Curve, PartInfo, Record, Run, Sample
from bench.report.charts import interactive
from bench.report.charts.curves import curve_charts
from bench.report.charts.measured import comparison_charts
from bench.report.charts.model import DotChart
from bench.report.charts.of_run import charts


def test_axes_name_the_values_that_were_measured() -> None:
    def timed(width: int) -> Record:
        return Record(
            case=Case(exercise="ex01", part="b", device="cpu", seed=0, parameters={"width": width}, variant="x"),
            outcome="ok",
            samples=(Sample(round=0, calls=1, seconds=1e-3 * width),),
        )

    records = [timed(width) for width in (3, 12, 1025)]
    (chart,) = comparison_charts("ex01", PartInfo(id="b", title="t", kind="comparison", reference="x"), records)
    svg = interactive.static_svg(interactive.specification(chart, 600), "s")
    assert {">3<", ">12<", ">1,025<"} <= set(re.findall(r">[\d,]+<", svg))


def test_the_page_draws_the_same_lines(run: Run) -> None:
    for of_part in charts(run).values():
        for chart in of_part:
            spec = interactive.specification(chart, 600)
            rows = spec["datasets"]["rows"]
            assert {row["s"] for row in rows} == {
                entry.label for entry in (chart.marks if isinstance(chart, DotChart) else chart.lines)
            }
            svg = interactive.static_svg(spec, "s1")
            assert svg.startswith("<svg")
            assert 'id="clip' not in svg, "ids of several drawings on one page must differ"


def test_the_static_drawing_keeps_the_digits_of_its_axes(
    study: Callable[..., Record], line: Callable[..., Curve]
) -> None:
    (chart,) = curve_charts("ex01", "a", [study(line(y=(0.02, 0.03, 0.07), scale="log-y"))])
    svg = interactive.static_svg(interactive.specification(chart, 100), "s0")
    assert {"0.02", "0.05"} <= set(re.findall(r">([\d.]+)</text>", svg))
    assert not re.search(r'="[^"]*\d\.\d\d', svg), "coordinates need no hundredths of a pixel"
