"""What chance alone may do: binomial where ratios are independent, and more where they share a reference."""

import math
import random

import pytest
from scipy.stats import binom

from bench.selftest import chance


@pytest.mark.parametrize("count", [10, 20, 100, 200])
def test_one_ratio_a_case_is_binomial(count: int) -> None:
    most = chance.most_alarms((1,) * count, 0.05)
    assert binom.sf(most, count, 0.05) < chance.CHANCE <= binom.sf(most - 1, count, 0.05)


def test_two_hundred_ratios_may_have_eighteen_alarms() -> None:
    assert chance.most_alarms((1,) * 200, 0.05) == 18
    assert chance.most_alarms((2,) * 100, 0.05) == 18
    assert chance.most_alarms((), 0.05) == 0


@pytest.mark.parametrize("count", [2, 5])
def test_alarms_that_share_a_reference_come_together(count: int) -> None:
    told = chance.alarms_of_case(count, 0.05)
    assert math.isclose(sum(told), 1)
    assert sum(k * share for k, share in enumerate(told)) == pytest.approx(0.05 * count, rel=0.01)
    assert told[count] > 0.05**count
    rng, many = random.Random(0), 20_000
    seen = [0] * (count + 1)
    for _ in range(many):
        reference = rng.gauss(0, 1)
        seen[sum(abs(rng.gauss(0, 1) - reference) > 1.96 * 2**0.5 for _ in range(count))] += 1
    assert [each / many for each in seen] == pytest.approx(told, abs=0.006)


def test_many_that_share_a_reference_may_have_more_alarms() -> None:
    assert chance.most_alarms((10,) * 20, 0.05) > chance.most_alarms((1,) * 200, 0.05)


@pytest.mark.parametrize(("tries", "share"), [(10, 0.95), (20, 0.6), (60, 0.9)])
def test_the_fewest_that_are_found(tries: int, share: float) -> None:
    fewest = chance.fewest_found(tries, share)
    assert binom.cdf(fewest - 1, tries, share) < chance.CHANCE <= binom.cdf(fewest, tries, share)


def test_nothing_is_asked_of_no_try() -> None:
    assert chance.fewest_found(0, 0.95) == 0
