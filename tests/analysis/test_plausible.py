"""What no machine explains is said, and what is honest is left in peace."""

import pytest

from bench.analysis import plausible
from bench.analysis.statistics import Interval, Ratio
from bench.model import Work

HONEST = Interval(1e-6, 0.9e-6, 1.1e-6, 5)


def ratio(centre: float, low: float | None = None) -> Ratio:
    return Ratio(centre=centre, low=low, high=None if low is None else 2 * centre, rounds=5)


@pytest.mark.parametrize(
    ("centre", "low", "doubted"),
    [(381.0, 350.0, False), (690.0, 650.0, True), (690.0, 100.0, False), (6700.0, None, True), (0.001, 0.001, False)],
)
def test_a_ratio_has_an_end_for_the_interval_s_nearer_bound(centre: float, low: float | None, doubted: bool) -> None:
    words = plausible.doubt(ratio(centre, low), HONEST, None, 1)
    assert words == ("more than any machine explains; look at what it computes" if doubted else "")


def test_work_has_an_end_for_a_processor() -> None:
    much = Work(10_000_000, "multiplications")
    words = plausible.doubt(ratio(2.0, 1.9), HONEST, much, 1)
    assert words == "1e13 multiplications a second, more than any processor does; look at what it computes"
    assert plausible.doubt(ratio(2.0, 1.9), HONEST, much, 32) == ""
    assert plausible.doubt(ratio(2.0, 1.9), HONEST, much, 0) == "", "of another device nothing is known"
    assert plausible.doubt(ratio(2.0, 1.9), HONEST, Work(300_000, "multiplications"), 1) == ""
    assert plausible.doubt(ratio(2.0, 1.9), None, much, 1) == ""
