"""Ratios from laps: what they are, and what their intervals cover when rounds go on until they are narrow."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from bench.analysis import laps
from bench.measure.sampling import EFFORTS
from bench.model import Case, Observation, Sample, Task, VariantResult


def sample(round: int, *blocks: float, calls: int = 1, waited: float = 0.0) -> Sample:
    return Sample(round=round, calls=calls, seconds=1.0, laps=blocks, waited=waited)


def test_a_ratio_is_the_median_over_laps_in_each_round() -> None:
    """Paired: the second lap was slow for both, and says as much as the others."""
    ours = [sample(0, 1.0, 10.0, 2.0), sample(1, 1.0, 1.0)]
    theirs = [sample(0, 2.0, 30.0, 2.0), sample(1, 4.0, 4.0), sample(2, 1.0)]
    assert laps.log_ratios(ours, theirs) == pytest.approx({0: math.log(2), 1: math.log(4)})


def test_the_time_is_of_a_call_and_not_of_a_block() -> None:
    ours, theirs = [sample(0, 1.0, calls=10)], [sample(0, 1.0, calls=5)]
    assert laps.log_ratios(ours, theirs)[0] == pytest.approx(math.log(2))


def test_blocks_that_the_clock_did_not_see_and_runs_without_laps_give_nothing() -> None:
    assert laps.log_ratios([sample(0, 0.0)], [sample(0, 1.0)]) == {}
    assert laps.log_ratios([sample(0)], [sample(0, 1.0)]) == {}


def test_the_widest_ratio_counts_of_those_that_are_sound() -> None:
    def timed(round: int, **blocks: float) -> Observation:
        task = Task("time", Case(exercise="ex01", part="a", device="cpu", seed=0), round)
        results = {name: VariantResult(samples=(sample(round, block),)) for name, block in blocks.items()}
        return Observation(task=task, outcome="ok", variants=results)

    assert laps.widest([], "ref") == math.inf
    assert laps.widest([timed(0, ref=1.0, a=1.0)], "ref") == math.inf
    rounds = [timed(number, ref=1.0, a=1.0, b=1.0 + number) for number in range(3)]
    logs = [math.log(1 / (1.0 + number)) for number in range(3)]
    assert laps.widest(rounds, "ref") == pytest.approx(laps.half_width(logs))
    assert laps.widest([*rounds, timed(3, ref=1.0, a=1.0)], "ref") == 0.0  # b has died, and is not waited for
    assert laps.widest([timed(0, ref=1.0)], "ref") == 0.0


def test_the_half_width_is_students() -> None:
    assert laps.half_width([1.0]) == math.inf
    normal = NormalDist().inv_cdf((1 + laps.LEVEL) / 2)
    values = list(np.random.default_rng(0).standard_normal(4000))
    assert laps.half_width(values) == pytest.approx(normal / math.sqrt(4000), rel=0.05)


def test_waiting_is_a_share_over_all_rounds() -> None:
    assert laps.waited([sample(0, 1.0, waited=0.5), sample(1, 1.0, waited=0.1), sample(2)]) == pytest.approx(0.3)
    assert laps.waited([]) == 0.0


LAPS = 40
PROCESSES = EFFORTS["quick"].most_rounds


def noise(kind: str, processes: int, rng: np.random.Generator) -> np.ndarray:
    """What is added to the log times of two variants, (processes, laps, 2); the order within a lap is drawn."""
    shape = (processes, LAPS, 2)
    if kind == "heavy":
        both = 0.03 * rng.standard_t(2, shape)
    elif kind == "drift":
        ramp = rng.normal(0, 0.2, (processes, 1, 1)) * np.linspace(0, 1, LAPS * 2).reshape(1, LAPS, 2)
        both = ramp + rng.normal(0, 0.03, shape)
    else:
        both = rng.normal(0, 0.04, shape)
    if kind == "bursty":  # each hits about six blocks that follow each other, and makes them half as slow again
        flat = both.reshape(processes, -1)
        for lag in range(6):
            hit = np.roll(rng.random(flat.shape) < 0.02, lag, axis=1)
            flat += 0.4 * hit
    turned = rng.random((processes, LAPS, 1)) < 0.5
    return np.where(turned, both[..., ::-1], both)


@pytest.mark.parametrize("between", [0.0, 0.005, 0.02])
@pytest.mark.parametrize("kind", ["normal", "heavy", "bursty", "drift"])
def test_intervals_cover_the_truth_though_they_are_looked_at_after_every_round(kind: str, between: float) -> None:
    """As a quick run takes rounds: five at least, six at most, until the half-width is 1.5 %. ``between`` is the
    spread from process to process, which no number of laps narrows. 95 % is wanted; 93 to 97 is close enough, and 1,500
    runs know their share to 0.6 %."""
    runs, effort, rng = 1500, EFFORTS["quick"], np.random.default_rng(5)
    pairs = noise(kind, runs * PROCESSES, rng)
    medians = np.median(pairs[..., 1] - pairs[..., 0], axis=1) + rng.normal(0, between, runs * PROCESSES)
    covered = 0
    for logs in medians.reshape(runs, PROCESSES).tolist():
        rounds = effort.rounds
        while rounds < effort.most_rounds and laps.half_width(logs[:rounds]) > effort.narrow:
            rounds += 1
        covered += abs(sum(logs[:rounds]) / rounds) <= laps.half_width(logs[:rounds])
    assert 0.93 - 0.012 <= covered / runs <= 0.97 + 0.012


def test_a_ratio_of_medians_would_be_moved_by_a_drift_that_laps_do_not_see() -> None:
    """The control: why laps are paired."""
    rng = np.random.default_rng(1)
    pairs = noise("drift", 400, rng)
    paired = np.median(pairs[..., 1] - pairs[..., 0], axis=1)
    apart = np.median(pairs[..., 1], axis=1) - np.median(rng.permuted(pairs[..., 0], axis=0), axis=1)
    assert paired.std() < apart.std() / 5
