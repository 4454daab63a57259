"""Time and memory of a comparison as rows."""

from __future__ import annotations

from collections.abc import Callable

from bench.model import PartInfo, Record, Run
from bench.report.charts.measured import MEMORY, TIME, dots
from bench.report.charts.model import BLUE, GREY


def test_without_a_sweep_every_variant_is_a_row(run: Run) -> None:
    records = [record for record in run.records if record.case.part == "b"]
    time = dots("ex10", run.exercises[0].parts[2], records, TIME)
    memory = dots("ex10", run.exercises[0].parts[2], records, MEMORY)
    assert time is not None
    assert memory is not None
    assert time.rows == ("plain (reference)", "same", "slow", "shaky")
    assert memory.rows == ("plain (reference)", "same", "slow")
    assert [mark.colour for mark in time.columns[0].marks] == [GREY, BLUE, BLUE, BLUE]
    assert time.log
    assert memory.log, "a peak of zero is drawn as the least that can be seen"
    assert memory.note.endswith("64 KiB stands for all below")
    assert (time.name, memory.name) == ("time", "memory")
    assert time.title.startswith("least time: ")


def test_an_interval_of_two_wild_rounds_does_not_rule_the_axis(
    timed: Callable[..., Record], compared: PartInfo
) -> None:
    chart = dots("ex01", compared, [timed("plain", (1e-3, 9e-3))], TIME, telling=False)
    assert chart is not None
    (mark,) = chart.columns[0].marks
    assert abs(mark.high / mark.value - 10) < 1e-9
    assert "cut at 10 times" in chart.note
    assert chart.title == "Time per call"


def test_nothing_measured_draws_nothing(timed: Callable[..., Record], compared: PartInfo) -> None:
    assert dots("ex01", compared, [timed("plain", (1.0,), outcome="failed")], TIME) is None
    assert dots("ex01", compared, [timed("plain", (1.0,), peak=0)], MEMORY) is None
