"""Live numbers: looked up in the run, or said to be missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.analysis import families, quantities, statistics
from bench.model import Case, Findings, Metric, Peak, Record, Run, Work
from bench.report.answers import calls, live
from tests import places
from tests.report import sample


def shown(text: str, run: Run) -> live.Shown:
    return live.look_up(calls.parse(text), run, run.exercises[0], families.of_run(run))


def test_a_claim_shows_its_worst_seed_and_its_bound(run: Run) -> None:
    assert shown('claim("gradients by hand = autograd")', run) == live.Shown("9.6e-16 ≤ 1e-12", True)
    assert shown('claim("every claim holds")', run) == live.Shown("0.63 < 0.9", False)


def test_a_metric_shows_its_median_and_range(run: Run) -> None:
    assert shown('metric("slope of log variance")', run).text == "-0.987 (-0.997 to -0.977 over 3 seeds)"


def test_times_ratios_and_peaks_are_picked_by_parameters(run: Run) -> None:
    assert shown('ratio("a.speed", "by hand", batch=8)', run).text.startswith("2.00 ±")
    assert shown('ratio("a.speed", "by hand, in place", batch=8)', run).text.startswith("6.4")
    assert shown('memory("a.speed", "by hand", batch=8)', run).text == "1.63 MiB"
    assert shown('time("a.speed", "by hand", batch=8)', run).text.endswith("µs")
    assert shown('throughput("a.speed", "by hand", batch=8)', run).text.endswith("images/s")
    assert shown('time("b", "plain")', run).measured


def swept(run: Run, *settings: tuple[str, int, float]) -> Run:
    """Records of one metric: device, epochs, value."""
    records = tuple(
        Record(
            case=Case(exercise="ex10", part="a", device=device, seed=seed, parameters={"epochs": epochs}),
            outcome="ok",
            findings=Findings(metrics=(Metric("accuracy", value, "%"),)),
        )
        for device, epochs, value in settings
        for seed in (0, 1)
    )
    return replace(run, records=records)


def test_a_metric_of_several_settings_is_one_phrase(run: Run) -> None:
    two = shown('metric("accuracy")', swept(run, ("cpu", 5, 41.2), ("cpu", 9, 33.6)))
    assert two.text == "41.2 / 33.6 % (epochs 5 / 9)"
    assert two.detail == "epochs=5: 41.2 %; epochs=9: 33.6 %"
    alike = shown('metric("accuracy")', swept(run, ("cpu", 5, 33.6), ("cpu", 9, 33.6)))
    assert alike.text == "33.6 %"
    assert alike.detail
    many = shown('metric("accuracy")', swept(run, *(("cpu", n, 30.0 - n) for n in range(5))))
    assert many.text == "26 to 30 % over 5 values of epochs"
    devices = shown('metric("accuracy")', swept(run, ("cpu", 5, 1), ("cuda", 5, 2)))
    assert devices.text == "1 / 2 % (cpu / cuda)"


def test_a_time_of_several_settings_names_each(run: Run) -> None:
    several = shown('throughput("a.speed", "by hand")', run)
    assert several.text == "4,500 ± 300 to 58,000 ± 4,000 images/s (batch 1 to 50)"
    assert "batch=8: " in several.detail


@pytest.mark.parametrize(
    "text",
    [
        'claim("nothing of that name")',
        'metric("nothing")',
        'ratio("a.speed", "by hand", batch=9)',
        'ratio("a.speed", "nobody", batch=8)',
        'time("b", "crash")',
        'memory("b", "shaky")',
        'time("a.speed", "by hand", device="cuda")',
    ],
)
def test_what_was_not_measured_says_so(text: str, run: Run) -> None:
    assert shown(text, run) == live.NOT_MEASURED


def test_a_share_of_the_roof_is_that_of_the_declared_work(run: Run) -> None:
    work = Work(8, "images", flops=4e6, bytes=1e6)
    records = tuple(replace(record, work=work) for record in run.records)
    peak = Peak(device="cpu", flops=80e9, bandwidth=20e9, threads=1, array=1)
    counted, text = replace(run, records=records, peaks=(peak,)), 'roof("a.speed", "by hand", batch=8, device="cpu")'
    times = [
        record for record in records if record.case.variant == "by hand" and record.case.parameters == {"batch": 8}
    ]
    seconds = statistics.estimate(*(record for record in times if record.case.device == "cpu"))
    assert seconds is not None
    share = 4e6 / seconds.centre / 80e9
    assert shown(text, counted).text == f"{quantities.number(100 * share, 2)} % of the roof"
    low = replace(counted, peaks=(replace(peak, bandwidth=20e9 * share / 2),))
    assert shown(text, low).text == "2 × the roof"
    assert shown(text, run) == live.NOT_MEASURED


def test_a_roof_is_that_of_the_place_and_a_ratio_across_two_is_refused_in_words() -> None:
    alone = sample.build(hostile=False)
    work = Work(8, "images", flops=4e6, bytes=1e6)
    counted = replace(alone, records=tuple(replace(record, work=work) for record in alone.records))
    spread = places.spread(replace(counted, peaks=(places.PEAK,)), places.by_variant)
    slow = tuple(replace(p, flops=p.flops / (100 if p.place == "node-1" else 1)) for p in spread.peaks)
    text = 'roof("a.speed", "by hand", batch=8)'
    assert shown(text, replace(spread, peaks=slow)) == shown(text, replace(counted, peaks=(places.PEAK,)))
    assert shown('ratio("a.speed", "by hand", batch=8)', spread).text == "no ratio: autograd was measured on node-1"
    assert shown('ratio("a.speed", "by hand, in place", batch=8)', spread).text.startswith("6.4")


def test_of_a_claim_on_several_places_the_worst_is_shown() -> None:
    spread = places.spread(sample.build(hostile=False), places.by_seed)
    assert shown('claim("every claim holds")', spread) == live.Shown("0.63 < 0.9", False)
