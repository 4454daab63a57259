"""Change points: alarms without a change are rare, and a step is seen a few points later."""

import math
import random
import sys
from itertools import pairwise

import numpy as np
import pytest
import ruptures

from bench.analysis import changes
from bench.analysis.changes import Level
from bench.errors import Missing
from tests import histories

SERIES = 60


def outlying(seed: int, count: int = 30) -> list[float]:
    """Noise of 2 %, and of every twentieth point up to 20 % more."""
    chance = random.Random(seed)
    return [value * (chance.uniform(1, 1.2) if chance.random() < 0.05 else 1) for value in histories.noisy(count, seed)]


def slower(values: list[float], at: int) -> list[float]:
    return values[:at] + [1.1 * value for value in values[at:]]


def test_noise_with_outliers_gives_next_to_no_alarm() -> None:
    alarms = sum(bool(changes.change_points(outlying(seed))) for seed in range(SERIES))
    assert alarms <= 2, "none was measured of 1,000 series"


def test_a_step_of_a_tenth_is_seen_after_five_points() -> None:
    seen = sum(any(at >= 22 for at in changes.change_points(slower(outlying(seed), 25))) for seed in range(SERIES))
    assert seen >= 0.88 * SERIES, "94 % was measured of 1,000 series"


def test_the_newest_point_cannot_be_judged() -> None:
    seen = sum(any(at >= 27 for at in changes.change_points(slower(outlying(seed), 29))) for seed in range(SERIES))
    assert seen <= 0.1 * SERIES


def test_the_cost_is_that_of_ruptures() -> None:
    signal = np.asarray(histories.noisy(23)).reshape(-1, 1)
    ours, theirs = changes._cost()().fit(signal), ruptures.costs.CostL1().fit(signal)
    assert all(math.isclose(ours.error(a, b), theirs.error(a, b)) for a in range(20) for b in range(a + 2, 24))


def test_levels_are_medians_between_changes() -> None:
    first, second = changes.levels(histories.stepped(20, 12, 1.2))
    assert (first.start, first.stop, second.start, second.stop) == (0, 12, 12, 20)
    assert second.value / first.value == pytest.approx(1.2, rel=0.02)


def test_few_points_are_one_level() -> None:
    values = histories.stepped(changes.FEWEST - 1, 5, 2)
    assert changes.levels(values) == (Level(0, 9, sorted(values)[4]),)
    assert changes.levels([]) == ()


def test_values_that_are_alike_have_no_change_and_a_small_one_is_none() -> None:
    assert changes.change_points([2.0] * 30) == []
    assert changes.change_points([1.0, 1.0001] * 15) == []
    assert changes.change_points([1.0] * 20 + [1.05] * 5) == [20]
    page = [1_000_000.0] * 20 + [1_004_096.0] * 5
    assert len(changes.levels(page, "memory")) == 1
    assert len(changes.levels(page, "time")) == 2


def test_noise_knows_nothing_of_steps() -> None:
    logs = [math.log(value) for value in histories.stepped(400, 200, 3.0)]
    assert changes.noise(logs) == pytest.approx(0.02, rel=0.15)


def test_of_a_long_history_old_and_new_changes_are_placed_to_the_point() -> None:
    values = histories.noisy(700)
    values = [value * (1.2 if 123 <= at < 405 or at >= 690 else 1) for at, value in enumerate(values)]
    assert changes.change_points(values) == [123, 405, 690]
    assert changes.change_points(histories.noisy(700)) == []


@pytest.mark.parametrize("count", [10, 100, 101, 150, 200, 201, 1000])
def test_stretches_cover_every_point_once(count: int) -> None:
    starts = changes._starts(count)
    lengths = [stop - start for start, stop in pairwise([*starts, count])]
    assert min(lengths) >= 1
    assert sum(lengths) == count
    assert set(lengths[-min(count, changes.RECENT) :]) == {1}
    assert len(starts) <= changes.RECENT + changes.STRETCHES


def test_without_ruptures_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ruptures", None)
    with pytest.raises(Missing, match=r'pip install "dl-exercise-bench\[trend\]"'):
        changes.change_points(histories.noisy(20))
    assert changes.change_points(histories.noisy(5)) == [], "nothing to look at needs nothing"


def test_one_slow_run_is_no_change_wherever_it_stands() -> None:
    for at in (0, 10, 20):
        assert changes.change_points([1.5 if number == at else 1.0 for number in range(21)]) == []


def test_noise_below_what_is_believed_makes_no_change_of_a_trifle() -> None:
    assert changes.change_points([1.0, 1.00001] * 10 + [1.0002, 1.00021] * 10) == []


def test_noise_knows_nothing_of_a_drift() -> None:
    assert changes.noise([0.1 * number for number in range(20)]) == pytest.approx(0, abs=1e-9)
