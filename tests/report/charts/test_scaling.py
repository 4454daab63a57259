"""Time, throughput and memory along a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bench.model import PartInfo, Record, Run, Work
from bench.report.charts.scaling import scaling

MIB = 2**20


def sweep(timed: Callable[..., Record], times: Callable[[int], float], name: str = "plain") -> list[Record]:
    return [timed(name, (times(b),) * 3, peak=b * MIB, batch=b) for b in (1, 8, 32, 64)]


def test_three_panels_of_which_the_last_names_the_lines(run: Run) -> None:
    records = [record for record in run.records if record.case.part == "a.speed"]
    (chart,) = scaling("ex10", run.exercises[0].parts[1], records)
    time, rate, memory = chart.panels
    assert (time.y_label, rate.y_label, memory.y_label) == (
        "time per batch (µs)",
        "images per second",
        "peak memory (MiB)",
    )
    assert {line.style for line in time.lines} == {"points", "law"}
    assert {line.style for line in rate.lines} == {"points"}
    assert [panel.labels for panel in chart.panels] == ["none", "none", "end"]


def test_the_knee_has_a_sign_and_a_law_that_does_not_hold_is_named(
    timed: Callable[..., Record], compared: PartInfo
) -> None:
    wild = sweep(timed, lambda b: {1: 1.0, 8: 9.0, 32: 0.5, 64: 20.0}[b], "wild")
    (chart,) = scaling("ex01", compared, sweep(timed, lambda b: 0.16 + 0.01 * b) + wild)
    (sign,) = chart.panels[0].signs
    assert sign.x is not None
    assert abs(sign.x - 16) < 0.01
    assert "no law of time per call held for wild" in chart.note
    assert chart.title == "plain: 4.7 × the time for 64 × the batch; it hardly grows below batch 16"


def test_the_memory_of_the_machine_is_drawn_where_it_is_near(timed: Callable[..., Record], compared: PartInfo) -> None:
    records = sweep(timed, lambda b: 0.1 * b)
    for memory, drawn in ((128 * MIB, 1), (10_000 * MIB, 0), (0, 0)):
        (chart,) = scaling("ex01", compared, records, memory=memory)
        assert len(chart.panels[-1].signs) == drawn


def test_tensors_are_shown_where_they_are_most_of_all_memory(timed: Callable[..., Record], compared: PartInfo) -> None:
    def counted(record: Record) -> Record:
        assert record.memory
        return replace(record, memory=replace(record.memory, tensors=record.memory.peaks[0]), work=Work(3, "images"))

    (chart,) = scaling("ex01", compared, [counted(record) for record in sweep(timed, lambda b: 0.1 * b)])
    assert chart.panels[-1].y_label == "peak of tensors (MiB)"
    assert scaling("ex01", compared, []) == ()


def test_of_many_variants_each_has_its_panel_and_each_quantity_its_chart(
    timed: Callable[..., Record], compared: PartInfo
) -> None:
    names = ("plain", "a", "b", "c", "d")
    records = [record for name in names for record in sweep(timed, lambda n: 0.1 * n, name)]
    time, memory = scaling("ex01", compared, records)
    assert (time.name, memory.name) == ("scaling", "scaling: peak memory")
    for chart in (time, memory):
        assert [panel.title for panel in chart.panels] == list(names)
        assert chart.shared_x
        assert chart.shared_y
