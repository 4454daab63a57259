"""The knee of a throughput, against curves whose knee is known."""

import math
import random

import pytest

from bench.analysis import exponents, knee
from bench.analysis.knee import Knee

VALUES = tuple(float(2**exponent) for exponent in range(11))


def saturating(b: float) -> float:
    """b / (a + c · b) with the bend at 16."""
    return b / (16 + b)


def true_knee() -> float:
    most = max(map(saturating, VALUES))
    return next(b for b in VALUES if saturating(b) >= (1 - knee.MARGIN) * most)


def simulated(rng: random.Random, spread: float, rounds: int) -> Knee:
    rates = [(b, [saturating(b) * math.exp(rng.gauss(0, spread)) for _ in range(rounds)]) for b in VALUES]
    found = knee.of(rates)
    assert found is not None
    return found


@pytest.mark.parametrize(("spread", "rounds"), [(0.005, 5), (0.03, 3), (0.03, 8)])
def test_the_interval_holds_the_knee_as_often_as_it_says(spread: float, rounds: int) -> None:
    rng, true, hits = random.Random(7), true_knee(), 0
    for _ in range(100):
        found = simulated(rng, spread, rounds)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high
        hits += found.low <= true <= found.high
    assert hits >= 89


def test_without_noise_it_is_known() -> None:
    found = knee.of([(b, [saturating(b)] * 3) for b in VALUES])
    assert found == Knee(true_knee(), true_knee(), true_knee(), VALUES[-1])
    assert knee.in_words(found, "batch") == "batch 256 is the smallest within 5 % of the largest"


def test_noise_makes_it_wide_and_is_said() -> None:
    found = simulated(random.Random(1), 0.05, 5)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.high
    assert "it may be" in knee.in_words(found, "batch")


def test_one_round_has_no_interval() -> None:
    found = knee.of([(b, [saturating(b)]) for b in VALUES])
    assert found == Knee(true_knee(), None, None, VALUES[-1])
    assert "one round" in knee.in_words(found, "batch")


def test_a_throughput_that_rises_to_the_end_has_none() -> None:
    found = knee.of([(b, [b, b]) for b in VALUES])
    assert found is not None
    assert found.is_beyond
    assert knee.in_words(found, "n") == (
        "no knee up to n 1,024, the last value: it is more than 5 % ahead of every other"
    )


def test_one_that_falls_has_it_at_the_first() -> None:
    found = knee.of([(b, [1 / b, 1 / b]) for b in VALUES])
    assert found == Knee(1.0, 1.0, 1.0, VALUES[-1])


@pytest.mark.parametrize("rates", [[], [(1.0, [1.0]), (2.0, [2.0])], [(1.0, [math.nan]), (2.0, [0.0]), (3.0, [])]])
def test_too_few_values_have_none(rates: list[tuple[float, list[float]]]) -> None:
    assert knee.of(rates) is None
    assert knee.in_words(None, "n").startswith("no knee")


def rounds(rate: float, spread: float) -> list[float]:
    return [rate * math.exp(spread * each) for each in (-1, 1, -1, 1, 0)]


def test_many_values_are_looked_at_and_so_each_is_less_sure() -> None:
    """By itself the first would surely be more than the margin behind: t(8) is 2.31 at 95 % and 2.75 at 97.5 %."""
    first, rest = rounds(math.exp(-0.083), 0.02), rounds(1.0, 0.02)
    found = knee.of([(1.0, first), (2.0, rest), (4.0, rest)])
    assert found == Knee(2.0, 1.0, 2.0, 4.0)
    alone = exponents.difference(*(exponents.Mean.of([math.log(each) for each in some]) for some in (rest, first)))
    assert alone.low is not None
    assert alone.low > -math.log(1 - knee.MARGIN)


def test_a_value_is_good_enough_only_where_none_of_the_others_may_be_ahead() -> None:
    found = knee.of([(1.0, rounds(1.0, 1e-3)), (2.0, rounds(0.3, 1e-3)), (4.0, rounds(1.0, 0.5))])
    assert found == Knee(1.0, 1.0, 4.0, 4.0)
