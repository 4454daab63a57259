"""Live numbers: parsed and never run, looked up in the run, or said to be missing."""

from __future__ import annotations

import pytest

from bench.analysis import families
from bench.model import Run
from bench.report.answers import live
from bench.report.answers.formulas import ReportError
from bench.report.answers.live import Reference


def test_live_numbers_are_parsed_not_run() -> None:
    assert live.parse(' claim("a = b") ') == Reference("claim", ("a = b",))
    assert live.parse('ratio("a.speed", "by hand", batch=8, device="cuda")') == Reference(
        "ratio", ("a.speed", "by hand"), (("batch", 8), ("device", "cuda"))
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('guess("x")', "not known"),
        ("claim", "not a call"),
        ("claim(", "not a call"),
        ("claim(x)", "constants"),
        ('claim(__import__("os").getcwd())', "constants"),
        ('claim("a", "b")', "takes 1 name"),
        ("claim(1)", "in quotes"),
        ('claim("a", batch=1)', "no parameters"),
        ('ratio("a")', "takes 2 names"),
        ('ratio("a", "b", **{"c": 1})', "parameter"),
        ('"a".claim("b")', "not a call"),
        ('ratio("a", "b", batch=[1])', "parameter"),
    ],
)
def test_anything_but_a_known_call_on_constants_is_refused(text: str, why: str) -> None:
    with pytest.raises(ReportError, match=why):
        live.parse(text)


def shown(text: str, run: Run) -> live.Shown:
    return live.look_up(live.parse(text), run, run.exercises[0], families.of_run(run))


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
