import pytest

from bench.analysis.between import Change
from bench.analysis.matrix import Line
from bench.report.matrix import words
from tests.two_runs import case


@pytest.mark.parametrize(
    ("low", "centre", "high", "said"),
    [
        (0.24, 0.25, 0.26, "4.0 × faster (3.8 to 4.2)"),
        (1.9, 2.0, 2.1, "2.0 × slower (1.9 to 2.1)"),
        (0.95, 1.0, 1.04, "no difference shown (0.962 to 1.05)"),
        (1e-3, 1.0, 1e3, "nothing is known"),
    ],
)
def test_a_ratio_of_times_is_told_as_times_faster(low: float, centre: float, high: float, said: str) -> None:
    assert words.ratio(Change(centre=centre, low=low, high=high, p=0.1, rounds=(5, 5), share=0.1)) == said


def test_a_case_is_named_without_its_device() -> None:
    assert words.label(Line(case(device=""), ())) == "ex01.a.speed n=1: mine"
    assert words.label(Line(case(variant="on  on", device="", seed=2), ())) == "ex01.a.speed n=1, seed 2: on  on"
