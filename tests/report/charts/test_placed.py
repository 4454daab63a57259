"""Charts that an answer asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.analysis.families import NO_FAMILY
from bench.model import Peak, Run, Work
from bench.report.answers.pieces import Reference
from bench.report.charts import placed
from bench.report.charts.model import PanelChart
from bench.report.charts.of_run import charts


def test_a_curve_by_its_name_in_the_kind_that_is_asked_for(run: Run) -> None:
    asked = Reference("chart", ("a", "Error by epoch"), (("by", "series"), ("beside", True)))
    chart = placed.chart(run, run.exercises[0], asked, NO_FAMILY)
    assert isinstance(chart, PanelChart)
    assert [panel.title for panel in chart.panels] == ["train", "test"]
    noise = placed.chart(
        run, run.exercises[0], Reference("chart", ("a", "Training loss"), (("kind", "noise"),)), NO_FAMILY
    )
    assert isinstance(noise, PanelChart)
    assert len(noise.panels) == 4
    assert noise.panels[0].lines[0].low


def test_curves_whose_names_begin_alike_in_one_chart(run: Run) -> None:
    asked = Reference("chart", ("a", "Error"), (("by", "name"),))
    chart = placed.chart(run, run.exercises[0], asked, NO_FAMILY)
    assert isinstance(chart, PanelChart)
    assert [panel.title for panel in chart.panels] == ["by epoch"]
    assert placed.chart(run, run.exercises[0], replace(asked, parameters=()), NO_FAMILY) is None


@pytest.mark.parametrize(
    ("show", "name"),
    [
        ("ratio", "ratio"),
        ("time", "time"),
        ("memory", "memory"),
        ("scaling", "scaling"),
        ("pareto", "time against memory"),
    ],
)
def test_a_comparison_as_it_is_asked_for(run: Run, show: str, name: str) -> None:
    chart = placed.chart(run, run.exercises[0], Reference("compare", ("a.speed",), (("show", show),)), NO_FAMILY)
    assert chart is not None
    assert chart.name == name
    assert chart.slug not in {each.slug for of_part in charts(run).values() for each in of_part}


@pytest.mark.parametrize(
    "asked",
    [
        Reference("chart", ("a", "nothing of that name")),
        Reference("chart", ("a",)),
        Reference("chart", ()),
        Reference("compare", ("z",)),
        Reference("compare", ("a",)),
        Reference("compare", ("a.speed",), (("show", "colours"),)),
        Reference("table", ("a", "Distortion")),
    ],
)
def test_what_was_not_measured_is_none(run: Run, asked: Reference) -> None:
    assert placed.chart(run, run.exercises[0], asked, NO_FAMILY) is None


def test_a_roofline_stands_where_it_is_placed_and_among_the_charts_of_its_part(run: Run) -> None:
    asked = Reference("compare", ("a.speed",), (("show", "roofline"),))
    assert placed.chart(run, run.exercises[0], asked, NO_FAMILY) is None, "nothing counts operations"
    work = Work(8, "images", flops=4e6, bytes=1e6)
    peaks = tuple(Peak(device=d, flops=80e9, bandwidth=20e9, threads=1, array=1) for d in ("cpu", "cuda"))
    counted = replace(run, records=tuple(replace(record, work=work) for record in run.records), peaks=peaks)
    chart = placed.chart(counted, run.exercises[0], asked, NO_FAMILY)
    assert chart is not None
    assert chart.name == "roofline"
    names = [each.name for each in charts(counted)["ex10", "a.speed"]]
    assert names.count("roofline") == 1
    assert names[-1] == "roofline"
