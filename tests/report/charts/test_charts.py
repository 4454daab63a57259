"""What is drawn, and that both pens draw it."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.model import Case, Curve, Findings, PartInfo, Record, Run, Sample
from bench.report.charts import drawing, figures, interactive
from bench.report.charts.curves import curve_charts
from bench.report.charts.measured import comparison_charts
from bench.report.charts.model import PALETTE, DotChart, LineChart, slug
from bench.report.charts.of_run import charts
from bench.report.charts.ticks import log_ticks


def study(*curves: Curve, seed: int = 0, device: str = "cpu") -> Record:
    return Record(
        case=Case(exercise="ex01", part="a", device=device, seed=seed), outcome="ok", findings=Findings(curves=curves)
    )


def line(series: str = "", y: tuple[float, ...] = (3.0, 2.0, 1.0), **more: object) -> Curve:
    return Curve(
        name="loss",
        x=tuple(float(i) for i in range(len(y))),
        y=y,
        series=series,
        x_label="step",
        y_label="loss",
        **more,
    )  # type: ignore[arg-type]


def test_one_chart_a_name_and_one_line_a_series() -> None:
    found = curve_charts("ex01", "a", [study(line("train"), line("test"), replace(line(), name="error"))])
    assert [chart.title for chart in found] == ["loss", "error"]
    assert [drawn.label for drawn in found[0].lines] == ["train", "test"]
    assert found[0].lines[0].colour != found[0].lines[1].colour
    assert found[0].x_label == "step"


def test_seeds_of_common_x_become_a_mean_with_its_range() -> None:
    (chart,) = curve_charts("ex01", "a", [study(line(y=(1.0, 2.0))), study(line(y=(3.0, 6.0)), seed=1)])
    (drawn,) = chart.lines
    assert (drawn.y, drawn.low, drawn.high) == ((2.0, 4.0), (1.0, 2.0), (3.0, 6.0))
    assert "2 seeds" in chart.note


def test_seeds_of_different_x_keep_their_own_lines() -> None:
    other = replace(line(), x=(0.0, 1.5, 2.0))
    (chart,) = curve_charts("ex01", "a", [study(line()), study(other, seed=1)])
    assert [(drawn.hue, drawn.low) for drawn in chart.lines] == [(0, ()), (0, ())]
    assert "one line each" in chart.note


def test_devices_share_a_colour_and_differ_in_dash() -> None:
    (chart,) = curve_charts("ex01", "a", [study(line("train")), study(line("train"), device="cuda")])
    assert [(d.label, d.hue, d.dashed) for d in chart.lines] == [("train, cpu", 0, False), ("train, cuda", 0, True)]


def test_more_series_than_colours_are_told_apart_by_dash() -> None:
    (chart,) = curve_charts("ex01", "a", [study(*(line(str(i)) for i in range(2 * len(PALETTE))))])
    assert len({(drawn.colour, drawn.dashed) for drawn in chart.lines}) == 2 * len(PALETTE)


def test_points_that_a_logarithm_does_not_have_are_left_out_and_counted() -> None:
    (chart,) = curve_charts("ex01", "a", [study(line(y=(1.0, 0.0, -1.0, 2.0), scale="log-y"))])
    assert chart.lines[0].y == (1.0, 2.0)
    assert "2 points at or below zero" in chart.note
    assert chart.log_y


def test_a_sweep_gives_time_and_memory_with_their_laws(run: Run) -> None:
    records = [record for record in run.records if record.case.part == "a.speed"]
    time, memory = comparison_charts("ex10", run.exercises[0].parts[1], records)
    assert isinstance(time, LineChart)
    assert isinstance(memory, LineChart)
    assert (time.x_label, time.y_label, time.log_x, time.log_y) == ("batch", "time per batch (µs)", True, True)
    assert memory.y_label == "peak memory (MiB)"
    assert {drawn.style for drawn in time.lines} == {"points", "law"}
    points = [drawn for drawn in time.lines if drawn.style == "points"]
    assert [drawn.label for drawn in points] == ["autograd", "by hand", "by hand, in place"]
    for drawn in points:
        assert drawn.x == (1.0, 8.0, 32.0, 50.0)
        assert all(low <= y <= high for low, y, high in zip(drawn.low, drawn.y, drawn.high, strict=True))


def test_an_interval_of_two_wild_rounds_does_not_rule_the_axis() -> None:
    def wild(n: int) -> Record:
        samples = (Sample(0, 1, 1e-3), Sample(1, 1, 9e-3))
        return Record(
            case=Case(exercise="ex01", part="b", device="cpu", seed=0, parameters={"n": n}, variant="x"),
            outcome="ok",
            samples=samples,
        )

    (chart,) = comparison_charts(
        "ex01", PartInfo(id="b", title="t", kind="comparison", reference="x"), [wild(1), wild(2)]
    )
    assert isinstance(chart, LineChart)
    (points,) = chart.lines
    assert points.high[0] == pytest.approx(10 * points.y[0])
    assert points.low[0] == pytest.approx(points.y[0] / 10)
    assert "cut at 10 times" in chart.note


def test_axes_name_the_values_that_were_measured() -> None:
    def timed(width: int) -> Record:
        return Record(
            case=Case(exercise="ex01", part="b", device="cpu", seed=0, parameters={"width": width}, variant="x"),
            outcome="ok",
            samples=(Sample(0, 1, 1e-3 * width),),
        )

    records = [timed(width) for width in (3, 12, 1025)]
    (chart,) = comparison_charts("ex01", PartInfo(id="b", title="t", kind="comparison", reference="x"), records)
    svg = interactive.static_svg(interactive.specification(chart, 600), "s")
    assert {">3<", ">12<", ">1,025<"} <= set(re.findall(r">[\d,]+<", svg))


def test_without_a_sweep_every_variant_is_a_row(run: Run) -> None:
    records = [record for record in run.records if record.case.part == "b"]
    time, memory = comparison_charts("ex10", run.exercises[0].parts[2], records)
    assert isinstance(time, DotChart)
    assert [mark.label for mark in time.marks] == ["plain", "same", "slow", "shaky"]
    assert time.log
    assert isinstance(memory, DotChart)
    assert [mark.label for mark in memory.marks] == ["plain", "same", "slow"]
    assert not memory.log, "a peak of zero has no place on a logarithmic axis"


def test_nothing_measured_draws_nothing() -> None:
    failed = Record(
        case=Case(exercise="ex01", part="b", device="cpu", seed=0, parameters={}, variant="x"),
        outcome="failed",
        reason="no",
    )
    assert comparison_charts("ex01", PartInfo(id="b", title="t", kind="comparison", reference="x"), [failed]) == ()


def test_slugs_are_distinct_and_plain(hostile_run: Run) -> None:
    slugs = [chart.slug for found in charts(hostile_run).values() for chart in found]
    assert len(set(slugs)) == len(slugs) == 6
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in slugs)
    assert slug("../../etc", "<b>") == "etc-b"
    assert slug("؟") == "chart"


def test_names_that_differ_in_signs_alone_get_their_own_files(run: Run) -> None:
    odd = study(line(), replace(line(), name="loss!"))
    found = charts(replace(run, exercises=(), records=(odd,)))["ex01", "a"]
    assert [chart.slug for chart in found] == ["ex01-a-loss", "ex01-a-loss-2"]


def test_figures_are_written_twice_alike(hostile_run: Run, tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        written = figures.bench_report(hostile_run, tmp_path / name)
        assert {path.parent.name for path in written} == {"figures"}
        assert [path.suffix for path in written] == [".png", ".svg"] * 6
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in written])
    assert digests[0] == digests[1]


def test_mathematics_in_a_title_is_not_read(tmp_path: Path) -> None:
    (chart,) = curve_charts("ex01", "a", [study(replace(line("_$\\frac{$"), name="$\\frac{$ 50 %"))])
    png, svg = drawing.write(chart, tmp_path)
    assert png.stat().st_size > 5000
    assert svg.read_text().startswith("<?xml")


def test_the_page_draws_the_same_lines(run: Run) -> None:
    for found in charts(run).values():
        for chart in found:
            spec = interactive.specification(chart, 600)
            rows = spec["datasets"]["rows"]
            assert {row["s"] for row in rows} == {
                entry.label for entry in (chart.marks if isinstance(chart, DotChart) else chart.lines)
            }
            svg = interactive.static_svg(spec, "s1")
            assert svg.startswith("<svg")
            assert 'id="clip' not in svg, "ids of several drawings on one page must differ"


@given(st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=20))
def test_ticks_are_round_and_inside(values: list[float]) -> None:
    ticks = log_ticks(values)
    assert ticks == sorted(set(ticks))
    assert all(min(values) <= tick <= max(values) for tick in ticks)
    assert len(ticks) <= 8
    if max(values) > 10 * min(values) * 1.01:
        assert len(ticks) >= 2
    for tick in ticks:
        assert f"{tick:.0e}"[1] == "e"
        assert math.isclose(float(f"{tick:.0e}"), tick)


def test_the_static_drawing_keeps_the_digits_of_its_axes() -> None:
    (chart,) = curve_charts("ex01", "a", [study(line(y=(0.02, 0.03, 0.07), scale="log-y"))])
    svg = interactive.static_svg(interactive.specification(chart, 100), "s0")
    assert {"0.02", "0.05"} <= set(re.findall(r">([\d.]+)</text>", svg))
    assert not re.search(r'="[^"]*\d\.\d\d', svg), "coordinates need no hundredths of a pixel"
