"""Time and memory of a comparison as charts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.model import Case, Memory, PartInfo, Record, Run, Sample
from bench.report.charts.measured import comparison_charts
from bench.report.charts.model import DotChart, LineChart


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


def test_tensor_bytes_are_drawn_with_their_law_along_a_parameter_only(run: Run) -> None:
    def counted(record: Record) -> Record:
        memory = Memory((2**20,), 0, "VmHWM", tensors=int(1000 * float(str(record.case.parameters.get("batch", 1)))))
        return replace(record, memory=memory)

    swept = [counted(record) for record in run.records if record.case.part == "a.speed"]
    *_, chart = comparison_charts("ex10", run.exercises[0].parts[1], swept)
    assert isinstance(chart, LineChart)
    assert chart.title == "Peak of tensors against batch"
    assert {drawn.style for drawn in chart.lines} == {"points", "law"}
    assert chart.lines[0].low == chart.lines[0].y
    assert chart.note == "lines: fixed cost plus cost per item, fitted"
    apart = [counted(record) for record in run.records if record.case.part == "b" and record.samples]
    assert len(comparison_charts("ex10", run.exercises[0].parts[2], apart)) == 2


def test_an_interval_of_two_wild_rounds_does_not_rule_the_axis() -> None:
    def wild(n: int) -> Record:
        samples = (Sample(round=0, calls=1, seconds=1e-3), Sample(round=1, calls=1, seconds=9e-3))
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


def test_without_a_sweep_every_variant_is_a_row(run: Run) -> None:
    records = [record for record in run.records if record.case.part == "b"]
    time, memory = comparison_charts("ex10", run.exercises[0].parts[2], records)
    assert isinstance(time, DotChart)
    assert [mark.label for mark in time.marks] == ["plain", "same", "slow", "shaky"]
    assert time.log
    assert isinstance(memory, DotChart)
    assert [mark.label for mark in memory.marks] == ["plain", "same", "slow"]
    assert memory.log, "a peak of zero is drawn as the least that can be seen"
    assert memory.note.endswith("64 KiB stands for all below")


def test_nothing_measured_draws_nothing() -> None:
    failed = Record(
        case=Case(exercise="ex01", part="b", device="cpu", seed=0, parameters={}, variant="x"),
        outcome="failed",
        reason="no",
    )
    assert comparison_charts("ex01", PartInfo(id="b", title="t", kind="comparison", reference="x"), [failed]) == ()
