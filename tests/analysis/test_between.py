"""Two runs' times held against each other: the interval covers what it should, and floors are in it."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from bench.analysis import between
from bench.errors import UsageError
from tests.two_runs import STEADY, WIDTH, case, run, timed


def test_a_planted_ratio_is_found_exactly() -> None:
    change = between.change(STEADY, [1.1 * each for each in STEADY])
    assert change
    assert change.centre == pytest.approx(1.1, rel=1e-12)
    assert 1 < change.low < 1.1 < change.high
    assert change.rounds == (5, 5)
    assert change.p < 1e-4


def test_welch_by_hand() -> None:
    # Logs 0, 0.2 and 0.1, 0.5: variances 0.02 and 0.08, each over 2; the freedom 0.05² / (0.01² + 0.04²) = 1.47 → 1.
    change = between.change([math.exp(x) for x in (0.0, 0.2)], [math.exp(x) for x in (0.1, 0.5)])
    assert change
    half = 12.706204736 * math.sqrt(0.05)
    assert math.log(change.centre) == pytest.approx(0.2)
    assert change.half_width == pytest.approx(half)
    assert change.p == pytest.approx(1 - 2 / math.pi * math.atan(0.2 / math.sqrt(0.05)))  # Student's with one freedom


def test_noise_floors_widen_the_interval_in_squares() -> None:
    same = [1.0] * 5
    change = between.change(same, same, [0.03, 0.04])
    assert change
    assert change.share == 1
    assert change.half_width == pytest.approx(0.05 / between.DEVIATIONS * 1.959964, rel=1e-4)
    bare = between.change(STEADY, STEADY)
    wide = between.change(STEADY, STEADY, [0.03, 0.04])
    assert bare
    assert wide
    assert bare.half_width < 0.02 < wide.half_width < 0.055


def test_times_alike_to_the_last_bit_have_a_p_value() -> None:
    same, other = between.change([1.0, 1.0], [1.0, 1.0]), between.change([1.0, 1.0], [2.0, 2.0])
    assert same
    assert other
    assert (same.p, other.p) == (1.0, 0.0)


@pytest.mark.parametrize("new", [[1.0], [], [1.0, 0.0], [1.0, math.nan], [1.0, math.inf], [1.0, -1.0]])
def test_no_interval_without_two_positive_finite_times(new: list[float]) -> None:
    assert between.change(STEADY, new) is None
    assert between.change(new, STEADY) is None


def test_intervals_cover_the_truth_in_92_to_99_of_100() -> None:
    """Simulated: 300 pairs of runs, each with a moment of its own that its floor knows of."""
    chance, inside, width, spread = random.Random(1), 0, 0.03, 0.02
    for _ in range(300):
        base, new = (
            [math.exp(moment + chance.gauss(0, spread)) for _ in range(5)]
            for moment in (chance.gauss(0, width / between.DEVIATIONS) for _ in range(2))
        )
        change = between.change(base, [1.1 * each for each in new], [width, width])
        inside += bool(change and change.low <= 1.1 <= change.high)
    assert 276 <= inside <= 297


def test_cases_are_joined_by_key_and_variant() -> None:
    base = run("base", *(timed(of=case(name, n)) for name in ("a", "b") for n in (1, 2)))
    new = run("new", *(timed(of=case(name, n)) for name in ("b", "c") for n in (2, 1)))
    cases = between.joined(base, new)
    assert [(pair.case.variant, pair.case.parameters["n"]) for pair in cases.both] == [("b", 2), ("b", 1)]
    assert all(pair.base.case == pair.new.case for pair in cases.both)
    assert [record.case.variant for record in cases.base_only] == ["a", "a"]
    assert [record.case.variant for record in cases.new_only] == ["c", "c"]


def test_a_device_is_no_part_of_the_identity_where_runs_differ_in_it() -> None:
    base, new = run("base", timed()), run("new", timed(of=case(device="cuda")))
    assert not between.joined(base, new).both
    assert len(between.joined(base, new, ["device"]).both) == 1


def test_a_case_that_stands_twice_is_refused() -> None:
    with pytest.raises(UsageError, match=r"new has ex01\.a\.speed n=1 on cpu: mine twice"):
        between.joined(run("base", timed()), run("new", timed(), timed()))


def test_the_floor_is_the_machines_else_that_of_the_runs_own_ratios() -> None:
    assert between.floor_of(run("x", timed())) == between.Floor(WIDTH, "bench doctor --noise")
    assert between.floor_of(run("x", timed(), width=None)) is None
    held = run("x", timed(of=case("theirs")), timed(rounds=(1, 1.1, 0.9, 1, 1)), width=None)
    floor = between.floor_of(held)
    assert floor
    assert floor.source == "median of 1 ratio in the run"
    assert 0.05 < floor.width < 0.15


@pytest.mark.parametrize("width", [math.inf, math.nan, -1.0, 0.0])
def test_a_floor_that_is_no_width_is_none(width: float) -> None:
    base = run("x", timed())
    assert base.floor
    assert between.floor_of(replace(base, floor=replace(base.floor, widths={"x": width}))) is None


def test_a_plan_may_have_cases_of_a_run() -> None:
    base = run("base", timed(of=case("mine", n=1)))
    assert between.has_any(base, [case(None, n=2), case(None, n=1)])
    assert between.has_any(base, [case(None, n=1, device="cuda")], ["device"])
    assert not between.has_any(base, [case(None, n=2), case(None, n=1, seed=1)])
    assert not between.has_any(base, [])


def test_the_floor_of_a_run_is_the_middle_of_its_ratios_and_not_the_worst() -> None:
    quiet, loud = ((1, 1.01, 0.99, 1, 1), (1, 3, 0.3, 2, 0.5))
    variants = [timed(of=case(name), rounds=quiet) for name in ("b", "c")] + [timed(of=case("d"), rounds=loud)]
    floor = between.floor_of(run("x", timed(of=case("theirs"), rounds=(1, 1, 1, 1, 1.001)), *variants, width=None))
    assert floor
    assert floor.source == "median of 3 ratios in the run"
    assert floor.width < 0.05
