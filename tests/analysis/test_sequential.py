"""The interval may be looked at after every pair: simulated where the truth is known."""

import math
import random

import pytest

from bench.analysis import sequential
from bench.analysis.sequential import Bounds, bounds, is_not_slower, verdict

STEP = math.log(1.1)


def series(seed: int, *, mean: float = 0.0, noise: float = 0.02, heavy: bool = False) -> list[float]:
    """The logs of 30 pairs of times with that noise each; heavy tails are Student's t with 3 degrees of freedom."""
    draw = random.Random(seed)

    def one() -> float:
        normal = draw.gauss(0, 1)
        return normal / math.sqrt(draw.gammavariate(1.5, 2) / 3) if heavy else normal

    return [mean + noise * (one() - one()) for _ in range(30)]


def ever(logs: list[float], alpha: float = 0.05, margin: float = 0.0) -> set[str]:
    """All that was said after any pair."""
    return {verdict(bounds(logs[:n], alpha), margin) for n in range(1, len(logs) + 1)}


@pytest.mark.parametrize("heavy", [False, True])
def test_no_difference_is_called_one_at_any_stop_in_at_most_alpha(heavy: bool) -> None:
    # With a margin of 0, the sharpest rule: every interval that leaves 0 out is a false alarm.
    alarms = sum(bool(ever(series(seed, heavy=heavy)) & {"slower", "faster"}) for seed in range(400))
    assert alarms <= 20


@pytest.mark.parametrize("noise", [0.005, 0.02, 0.3])
def test_identical_code_is_red_at_any_stop_in_at_most_alpha(noise: float) -> None:
    red = sum("slower" in ever(series(seed, noise=noise), margin=0.03) for seed in range(200))
    assert red <= 10


def test_a_fixed_interval_looked_at_so_often_would_be_red_far_more_often() -> None:
    from bench.analysis.statistics import chance

    looks = ([chance(series(seed)[:n]) for n in range(3, 31)] for seed in range(60))
    assert sum(min(p for p in look if p is not None) < 0.05 for look in looks) > 12


def pairs_until(wanted: str, alpha: float, mean: float) -> list[int]:
    """After how many pairs each of 200 series says so; 99 for never."""
    return [
        next((n for n in range(1, 31) if verdict(bounds(series(seed, mean=mean)[:n], alpha)) == wanted), 99)
        for seed in range(200)
    ]


def test_ten_per_cent_at_two_per_cent_noise_is_seen_within_a_few_pairs() -> None:
    needed = sorted(pairs_until("slower", 0.05, STEP))
    assert needed[100] <= 6
    assert needed[190] <= 9
    assert needed[-1] <= 30


def test_a_hundred_cases_need_few_pairs_more() -> None:
    assert sorted(pairs_until("slower", 0.05 / 100, STEP))[100] <= 10


def test_no_difference_is_found_equivalent_in_the_end() -> None:
    assert sorted(pairs_until("equivalent", 0.05, 0.0))[180] <= 30


def test_the_interval_holds_just_the_means_that_the_martingale_does_not_refute() -> None:
    logs, alpha, c = series(7)[:8], 0.05, sequential.SPREAD**-2

    def evidence(mean: float) -> float:
        x = [log - mean for log in logs]
        n, s, v = len(x), sum(x), sum(value * value for value in x)
        return math.sqrt(c / (n + c)) * ((n + c) * v / ((n + c) * v - s * s)) ** (n / 2)

    seen = bounds(logs, alpha)
    for end in (seen.low, seen.high):
        assert evidence(end) == pytest.approx(1 / alpha)
    assert evidence(seen.centre) < 1


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_pairs_say_nothing_however_alike(n: int) -> None:
    seen = bounds([STEP] * n)
    assert not seen.is_known
    assert verdict(seen) == "undecided"


def test_pairs_alike_to_the_last_bit_are_known_exactly() -> None:
    seen = bounds([STEP] * 3)
    assert seen.low == seen.high == pytest.approx(STEP)
    assert verdict(seen) == "slower"


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_decides_nothing(wrong: float) -> None:
    assert bounds([STEP] * 9 + [wrong]) == sequential.NOTHING


def test_nan_passes_no_comparison() -> None:
    assert verdict(Bounds(math.nan, math.nan, math.nan, 9)) == "undecided"
    assert not is_not_slower(Bounds(math.nan, math.nan, math.nan, 9), 0.03)


@pytest.mark.parametrize(
    ("low", "centre", "high", "said"),
    [
        (-0.01, 0.0, 0.01, "equivalent"),
        (0.005, 0.01, 0.02, "equivalent"),
        (0.01, 0.05, 0.09, "slower"),
        (0.001, 0.02, 0.04, "undecided"),
        (-0.02, 0.05, 0.12, "undecided"),
        (-0.09, -0.05, -0.01, "faster"),
        (-0.05, 0.0, 0.05, "undecided"),
    ],
)
def test_verdicts_at_three_per_cent(low: float, centre: float, high: float, said: str) -> None:
    assert verdict(Bounds(centre, low, high, 9)) == said


def test_not_slower_looks_at_one_side_alone() -> None:
    assert is_not_slower(Bounds(-1.0, -2.0, 0.02, 5), 0.03)
    assert not is_not_slower(Bounds(0.0, -0.1, 0.1, 5), 0.03)
