"""The roofline: its roofs from the peaks, its points from times and counts, its title from both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.model import PartInfo, Peak, Record, Work
from bench.report.charts import roofline
from bench.report.charts.model import Line, PanelChart

PEAK = Peak(device="cpu", flops=80e9, bandwidth=20e9, threads=1, array=1)
"""The ridge is at 4 FLOP/byte."""
Make = Callable[..., Record]


@pytest.fixture
def counted(timed: Make) -> Make:
    """Of 10⁹ operations and ``bytes``; ``rates`` in GFLOP/s, one a round."""

    def make(variant: str, *rates: float, bytes: float = 1e9, device: str = "cpu", **parameters: object) -> Record:
        record = timed(variant, tuple(1 / rate for rate in rates), **parameters)
        work = Work(1, "images", flops=1e9, bytes=bytes)
        return replace(record, case=replace(record.case, device=device), work=work)

    return make


def drawn(part: PartInfo, records: list[Record], *peaks: Peak, telling: bool = True) -> PanelChart:
    chart = roofline.chart("ex01", part, records, peaks or (PEAK,), telling=telling)
    assert chart is not None
    return chart


def lines(chart: PanelChart) -> dict[str, Line]:
    return {line.label: line for line in chart.panels[0].lines}


def test_a_roof_is_what_was_measured_and_a_point_what_was_timed(counted: Make, compared: PartInfo) -> None:
    chart = drawn(compared, [counted("plain", 5.0, 5.0), counted("quick", 10.0, 10.0)])
    (panel,) = chart.panels
    roof, plain, quick = panel.lines
    assert (roof.style, roof.label) == ("law", "roof of cpu")
    assert roof.x[1] == 4.0
    assert roof.y == pytest.approx((20 * roof.x[0], 80.0, 80.0))
    assert (plain.x, quick.x) == ((1.0,), (1.0,))
    assert (*plain.y, *quick.y) == pytest.approx((5.0, 10.0))
    assert plain.style == "points"
    assert plain.low
    assert panel.log_x
    assert panel.log_y
    assert (panel.x_label, panel.y_label) == ("arithmetic intensity (FLOP/byte)", "performance (GFLOP/s)")
    assert [caption.text for caption in panel.captions] == ["arithmetic 80 GFLOP/s", "memory 20 GB/s"]
    assert chart.title == "nearest to the roof: quick, 50 % of it; memory is the limit"
    assert "1 thread" in chart.subtitle
    assert panel.signs == ()


def test_a_sweep_is_a_line_along_what_changes_the_intensity(counted: Make, compared: PartInfo) -> None:
    records = [
        counted("plain", 4.0 * batch + side, bytes=1e9 / batch, batch=batch, side=side)
        for side in (1, 2, 3)
        for batch in (1, 8)
    ]
    chart = drawn(compared, records)
    plain = lines(chart)["plain"]
    assert (plain.style, plain.x) == ("line", (1.0, 8.0))
    assert plain.y == pytest.approx((7.0, 35.0))
    assert "side=3" in chart.subtitle
    assert "memory is the limit below batch 8, arithmetic from there on" in chart.title
    assert chart.title.startswith("nearest to the roof: plain, 44 % of it at batch 8")


def test_what_comes_from_a_cache_lies_above_the_slope_and_is_said_so(counted: Make, compared: PartInfo) -> None:
    chart = drawn(compared, [counted("plain", 5.0), counted("cached", 40.0)])
    (sign,) = chart.panels[0].signs
    assert (sign.x, sign.y) == pytest.approx((1.0, 40.0))
    assert "from cache" in chart.note
    assert chart.title.startswith("cached reaches 2 × the roof of memory, from cache")
    assert lines(chart)["cached"].y == pytest.approx((40.0,))


def test_what_lies_above_the_flat_roof_counts_too_much(counted: Make, compared: PartInfo) -> None:
    chart = drawn(compared, [counted("plain", 5.0, bytes=1e8), counted("FFT", 160.0, bytes=1e8)])
    assert "fewer operations" in chart.note
    assert "from cache" not in chart.note
    assert chart.title == "FFT reaches 2 × the flat roof; arithmetic is the limit"


def test_every_device_has_its_roof(counted: Make, compared: PartInfo) -> None:
    gpu = Peak(device="cuda", flops=50e12, bandwidth=3e12, threads=1, array=1)
    records = [counted("plain", 5.0), counted("plain", 900.0, device="cuda")]
    chart = drawn(compared, records, PEAK, gpu)
    assert set(lines(chart)) == {"roof of cpu", "roof of cuda", "plain, cpu", "plain, cuda"}
    assert chart.panels[0].y_label == "performance (TFLOP/s)"
    assert lines(chart)["plain, cuda"].y == pytest.approx((0.9,))
    assert "cuda: memory 3 TB/s" in [caption.text for caption in chart.panels[0].captions]
    assert chart.title.startswith("cpu: nearest")


def test_without_counts_or_peaks_there_is_none(counted: Make, timed: Make, compared: PartInfo) -> None:
    assert roofline.chart("ex01", compared, [timed("plain", (1.0,))], (PEAK,)) is None
    assert roofline.chart("ex01", compared, [counted("plain", 5.0)], ()) is None
    assert roofline.chart("ex01", compared, [counted("plain", 5.0, device="cuda")], (PEAK,)) is None
    assert roofline.chart("ex01", compared, [], (PEAK,)) is None


def test_a_title_without_results_is_its_subject(counted: Make, compared: PartInfo) -> None:
    assert drawn(compared, [counted("plain", 5.0)], telling=False).title == "Roofline"
