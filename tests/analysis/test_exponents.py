"""Local exponents, against powers that are known."""

import math
import random

import pytest

from bench.analysis import exponents
from bench.analysis.exponents import Mean


def simulated(rng: random.Random, centre: float, spread: float, rounds: int) -> list[float]:
    return [centre * math.exp(rng.gauss(0, spread)) for _ in range(rounds)]


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_a_power_is_found_again(power: float) -> None:
    found = exponents.between((4.0, 32.0), ([4**power], [32**power]))
    assert found is not None
    assert found.centre == pytest.approx(power)
    assert (found.low, found.high) == (None, None)


@pytest.mark.parametrize(("rounds", "spreads"), [(3, (0.03, 0.03)), (5, (0.1, 0.01)), (8, (0.02, 0.05))])
def test_the_interval_holds_what_is_true_as_often_as_it_says(rounds: int, spreads: tuple[float, float]) -> None:
    rng = random.Random(5)
    hits = 0
    for _ in range(100):
        times = simulated(rng, 1.0, spreads[0], rounds), simulated(rng, 2**0.7, spreads[1], rounds)
        found = exponents.between((8.0, 16.0), times)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.7 <= found.high
    assert hits >= 89


def test_rounds_that_are_alike_have_no_width() -> None:
    found = exponents.between((1.0, 2.0), ([1.0, 1.0], [2.0, 2.0]))
    assert found == exponents.Difference(1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("b", "seconds"),
    [
        ((0.0, 1.0), ([1.0], [1.0])),
        ((2.0, 2.0), ([1.0], [1.0])),
        ((2.0, 1.0), ([1.0], [1.0])),
        ((math.nan, 1.0), ([1.0], [1.0])),
        ((1.0, 2.0), ([], [1.0])),
        ((1.0, 2.0), ([1.0], [math.nan])),
        ((1.0, 2.0), ([0.0], [1.0])),
    ],
)
def test_where_there_is_none(b: tuple[float, float], seconds: tuple[list[float], list[float]]) -> None:
    assert exponents.between(b, seconds) is None


def test_welch_by_hand() -> None:
    # t(2, 97.5 %) = 4.3027 with variances 2 / 2 each: freedom (1 + 1)² / (1 / 1 + 1 / 1) = 2.
    found = exponents.difference(Mean.of([0.0, 2.0]), Mean.of([10.0, 12.0]), 0.95)
    assert found.low is not None
    assert found.centre == pytest.approx(-10)
    assert found.low == pytest.approx(-10 - 4.3027 * math.sqrt(2), rel=1e-4)


def test_an_interval_has_the_level_that_is_asked() -> None:
    mean = exponents.Mean(0.0, 0.01, 5)
    halves = [exponents.difference(mean, mean, level).high for level in (0.95, 0.99)]
    # Student's t with 8 degrees of freedom, and a standard error of sqrt(0.02).
    assert halves == pytest.approx([2.306 * math.sqrt(0.02), 3.3554 * math.sqrt(0.02)], rel=1e-3)
