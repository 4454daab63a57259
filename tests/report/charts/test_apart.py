from dataclasses import replace

import pytest

from bench.analysis import families
from bench.model import Curve, ExerciseInfo, Findings, PartInfo, Record, Run
from bench.report.answers import calls
from bench.report.charts import apart, of_run, placed
from bench.report.charts.model import Chart, PanelChart, RowChart
from bench.report.page import view
from tests import histories, places
from tests.report import sample

SPEED = ("ex10", "a.speed")


def drawn(run: Run) -> tuple[Chart, ...]:
    return of_run.charts(run)[SPEED]


def both_devices(hostile: bool = False) -> Run:
    return sample.build(hostile=hostile, devices=("cpu", "cuda"))


def test_charts_of_one_place_stay_as_they_are() -> None:
    run = both_devices()
    alone = places.spread(run, lambda record: places.FIRST)
    assert drawn(alone) == drawn(run)


def test_devices_on_two_places_are_drawn_apart_and_each_chart_says_where() -> None:
    charts = drawn(places.spread(both_devices(), places.by_device))
    half = len(charts) // 2
    assert half >= 3
    assert all(chart.title.endswith("(on node-1)") for chart in charts[:half])
    assert all("on node-2 (Intel Xeon Platinum 8481C)" in chart.subtitle for chart in charts[half:])
    assert not any("cuda" in chart.title for chart in charts)
    assert len({chart.slug for chart in charts}) == len(charts)


def test_what_is_placed_beside_a_text_is_of_one_place_and_the_others_stay_in_the_evidence() -> None:
    run = places.spread(both_devices(), places.by_device)
    page = view.view(run)[0]
    drawn = {chart.slug for chart in page.charts}
    assert {"ex10-a-speed-ratio-node-1", "ex10-a-speed-ratio-node-2"} <= drawn
    reference = calls.parse('compare("a.speed", show="scaling")')
    chart = placed.chart(run, run.exercises[0], reference, families.of_run(run))
    assert chart is not None
    assert chart.place == "node-1"
    assert "on node-1 (AMD EPYC 7B13)" in chart.subtitle


def test_a_part_on_one_place_of_several_has_it_in_its_captions_alone() -> None:
    run = places.spread(sample.build(hostile=False), lambda r: places.SECOND if r.case.part == "a" else places.FIRST)
    for chart in drawn(run):
        assert chart.subtitle.endswith("on node-1 (AMD EPYC 7B13)")
        assert "on node" not in chart.title


def test_the_memory_and_the_peaks_are_those_of_the_place() -> None:
    run = places.spread(replace(both_devices(), peaks=(places.PEAK,)), places.by_device)
    first, second = apart.by_place(run, run.exercises[0].parts[0], both_spread().records)
    assert (first.memory, second.memory) == (8 * 2**30, 32 * 2**30)
    assert {peak.place for peak in first.peaks} == {"node-1"}
    assert {peak.place for peak in second.peaks} == {"node-2"}


def of_variants(count: int) -> Run:
    """A comparison of so many, the reference last."""
    part = PartInfo(id="b.speed", title="T", kind="comparison", reference="theirs")
    names = [*(f"ours {number}" for number in range(count - 1)), "theirs"]
    records = [histories.record(1e-3 * (2 + at), name, peaks=(2**20 * (1 + at),)) for at, name in enumerate(names)]
    return histories.run(0, *records, exercises=(ExerciseInfo(id="ex07", title="T", parts=(part,)),))


@pytest.mark.parametrize("more", [1, 1_940])
def test_of_very_many_variants_the_first_and_the_reference_are_drawn_and_no_title_speaks_of_all(more: int) -> None:
    charts = of_run.charts(of_variants(apart.MOST + more))["ex07", "b.speed"]
    assert [chart.name for chart in charts] == ["ratio", "time", "memory", "time against memory"]
    for chart in charts:
        assert chart.note.endswith(f"the first 60 of {apart.MOST + more:,} variants: the table has them all")
        assert not {"fastest", "faster", "least", "slower"} & set(chart.title.split())
        assert isinstance(chart, RowChart | PanelChart)
        drawn = chart.rows if isinstance(chart, RowChart) else [each for each in chart.panels[0].lines if each.label]
        assert apart.MOST - 1 <= len(drawn) <= apart.MOST


def test_as_many_variants_as_there_is_room_for_are_all_drawn() -> None:
    for chart in of_run.charts(of_variants(apart.MOST))["ex07", "b.speed"]:
        assert "the first" not in chart.note


def both_spread() -> Run:
    return places.spread(both_devices(), places.by_device)


def curve(label: str) -> Record:
    drawn = Curve(name="loss", x=(0.0, 1.0), y=(1.0, 0.5), series="all", x_label=label, y_label="loss")
    return replace(sample.study("cpu", 0, hostile=False), findings=Findings(curves=(drawn,)))


def test_only_curves_that_time_something_are_of_their_machine() -> None:
    assert apart.is_clocked([curve("seconds")])
    assert apart.is_clocked([curve("time (s)")])
    assert not apart.is_clocked([curve("epoch")])
