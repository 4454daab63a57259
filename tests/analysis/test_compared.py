"""Verdicts of a comparison of runs: planted ones are found, and runs of the same times are rarely red."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from bench.analysis.compared import compare, exit_code
from bench.analysis.verdicts import MARGIN
from bench.errors import NothingMatched, UsageError
from bench.model import Run, Work
from tests import places
from tests.two_runs import case, found, noisy, pair, run, timed


def verdict(runs: tuple[Run, ...], margin: float = 0.03) -> tuple[str, str]:
    (timed,) = compare(runs, margin=margin).against[0].timed
    return timed.verdict, timed.cause


@pytest.mark.parametrize(
    ("factor", "said"), [(1.1, "slower"), (1 / 1.1, "faster"), (1.0, "equivalent"), (1.01, "equivalent")]
)
def test_planted_ratios(factor: float, said: str) -> None:
    assert verdict(pair(factor)) == (said, "")


def test_a_ratio_of_exactly_1_10_is_told_as_it_is() -> None:
    (timed,) = compare(pair(1.10)).against[0].timed
    assert timed.change
    assert timed.change.centre == pytest.approx(1.10, rel=1e-12)
    assert timed.change.low < 1.10 < timed.change.high


def test_within_the_margin_is_the_same_and_a_change_at_its_edge_is_open() -> None:
    assert verdict(pair(1.05), 0.1) == ("equivalent", "")
    assert verdict(pair(1.05), 0.02) == ("slower", "")
    assert verdict(pair(1.025)) == ("inconclusive", "a change, and perhaps within the margin")


@pytest.mark.parametrize(
    ("runs", "cause"),
    [
        (pair(1.5, profile="smoke"), "profile smoke: its numbers are no results"),
        (pair(1.5, width=None), "no noise floor is known: bench doctor --noise measures it, then run again"),
        ((run("a", timed(rounds=(1,))), run("b", timed())), "one process in the base: no interval"),
        ((run("a", timed()), run("b", timed(rounds=(0, 0)))), "the clock saw no time in the new run"),
        ((run("a", timed()), run("b", replace(timed(), samples=()))), "no time in the new run"),
        ((run("a", timed()), run("b", replace(timed(9), outcome="disagrees"))), "disagrees in the new run"),
        (pair(1.5, width=0.9), "the noise floor of the runs: ± 140 %"),
        ((run("a", timed(rounds=(1, 2, 3, 1, 2))), run("b", timed(2))), "the processes differ too much: ± 82 %"),
        (
            (run("a", timed(work=Work(50, "images"))), run("b", timed(work=Work(10, "images")))),
            "a call does other work: 50 images and 10 images",
        ),
    ],
)
def test_what_is_inconclusive_has_its_cause(runs: tuple[Run, Run], cause: str) -> None:
    assert verdict(runs) == ("inconclusive", cause)


def test_a_busy_machine_is_named() -> None:
    record = timed(rounds=(1, 2, 3, 1, 2))
    samples = tuple(replace(sample, laps=(sample.seconds,), waited=0.4) for sample in record.samples)
    said, cause = verdict((run("a", replace(record, samples=samples)), run("b", timed(2))))
    assert said == "inconclusive"
    assert cause.startswith("the machine was busy: others had ")


def test_one_of_many_may_be_chance() -> None:
    """A time that is slower by itself is not among thirty others: Holm."""
    rounds = (1.02, 1.08, 1.02, 1.1, 1.05)
    alone = run("base", timed()), run("new", timed(rounds=rounds))
    assert verdict(alone) == ("slower", "")
    rest = [timed(of=case(n=n), rounds=(1, 1.01, 0.99, 1, 1)) for n in range(2, 150)]
    among = compare((run("base", timed(), *rest), run("new", timed(rounds=rounds), *rest)))
    first = among.against[0].timed[0]
    assert (first.verdict, first.cause) == ("inconclusive", "may be chance: one of 149 times")


def test_runs_of_the_same_times_are_rarely_red_and_a_tenth_more_is_seen() -> None:
    """Simulated: each run has a moment of its own, and floors that know of it. At most 5 of 100 are red; that of four
    times one is 10 % slower is seen in 95."""
    same = [1.0, 2.0, 3.0, 4.0]
    red, seen = 0, 0
    for seed in range(40):
        base = noisy(2 * seed, same)
        red += exit_code(compare((base, noisy(2 * seed + 1, same))))
        slow = compare((base, noisy(2 * seed + 1, [1.1, 2.0, 3.0, 4.0], 0.02, 0.015)))
        seen += slow.against[0].timed[0].verdict == "slower"
    assert red <= 2
    assert seen >= 38


def test_what_is_five_percent_slower_is_never_called_equivalent() -> None:
    wrong = sum(
        verdict((noisy(2 * seed, [1.0], 0.01, 0.01), noisy(2 * seed + 1, [1.05], 0.01, 0.01)))[0] == "equivalent"
        for seed in range(40)
    )
    assert wrong <= 2


def test_quiet_runs_of_the_same_times_are_shown_to_be_the_same() -> None:
    right = sum(
        verdict((noisy(2 * seed, [1.0], 0.008, 0.005), noisy(2 * seed + 1, [1.0], 0.008, 0.005)))[0] == "equivalent"
        for seed in range(40)
    )
    assert right >= 36


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (run("new", timed(1.1), found({"x": 0.5})), 1),
        (run("new", timed(0.9), found({"x": 0.5})), 0),
        (run("new", timed(), found({"x": 2.0})), 1),
        (run("new", timed(), found({"x": 0.6, "y": 2.0})), 0),
        (run("new", replace(timed(), outcome="failed"), found({"x": 0.5})), 1),
        (run("new", replace(timed(), outcome="skipped"), found({"x": 0.5})), 0),
        (run("new", found({"x": 0.5})), 0),
        (run("new", timed(rounds=(1, 2, 3, 1, 2)), found({"x": 0.5})), 0),
    ],
)
def test_the_exit_code_is_1_where_something_is_worse(new: Run, code: int) -> None:
    assert exit_code(compare((run("base", timed(), found({"x": 0.5})), new))) == code


def test_what_is_inconclusive_is_a_failure_where_that_is_strict() -> None:
    open, same = pair(1.025), pair(1.0)
    assert [exit_code(compare(runs), strict=True) for runs in (open, same, pair(2.0))] == [1, 0, 1]
    assert exit_code(compare(open)) == 0


def test_all_times_that_move_one_way_are_told() -> None:
    def many(id: str, factor: float, first: float) -> Run:
        factors: list[float] = [first, factor, factor, factor, factor]
        return run(id, *(timed(each, case(n=n)) for n, each in enumerate(factors)))

    assert compare((many("a", 1, 1), many("b", 1.2, 1.3))).against[0].together == pytest.approx(1.2)
    assert compare((many("a", 1, 1), many("b", 1.2, 0.9))).against[0].together is None


def test_on_another_system_what_moves_all_times_may_be_the_system() -> None:
    def many(id: str, factor: float, platform: str, first: float = 1.0) -> Run:
        records = (timed(factor * (first if n == 0 else 1), case(n=n)) for n in range(5))
        return run(id, *records, place={"platform": platform})

    base = many("base", 1.0, "Linux 6.1")
    moved = compare((base, many("new", 1.2, "Linux 6.2")))
    assert {each.cause for each in moved.against[0].timed} == {"all times move one way, on another system"}
    assert exit_code(moved) == 0
    for other in (many("same system", 1.2, "Linux 6.1"), many("one not", 1.2, "Linux 6.2", first=0.7)):
        assert exit_code(compare((base, other))) == 1
    assert exit_code(compare((base, many("new", 1.2, "Linux 6.2")), by=("machine",), over=("cpu", "cores"))) == 1


def test_several_runs_are_one_family_against_one_base() -> None:
    base, new = pair(1.1)
    comparison = compare((base, new, replace(new, id="third")), by=("commit",))
    assert comparison.count == 2
    assert comparison.base is base
    assert [each.new.id for each in comparison.against] == ["new", "third"]
    assert [each.timed[0].verdict for each in comparison.against] == ["slower", "slower"]


@pytest.mark.parametrize(
    ("runs", "more", "error", "message"),
    [
        (pair(1.0)[:1], {}, UsageError, "name a base and one run or more"),
        (pair(1.0)[:1] * 2, {}, UsageError, "base is named twice: a run is not compared with itself"),
        (pair(1.0), {"margin": float("nan")}, UsageError, "between 0 and 1, not nan"),
        (pair(1.0), {"margin": 3}, UsageError, r"between 0 and 1, not 3: 0\.03 is 3 %"),
        (pair(1.0), {"margin": 0}, UsageError, "between 0 and 1, not 0"),
        (
            (run("base", timed()), run("new", found())),
            {},
            NothingMatched,
            r"no case in common: ex01\.a\.speed on cpu, and ex01\.a on cpu",
        ),
        (
            (run("base", timed()), run("new", timed(of=case(seed=7)))),
            {},
            NothingMatched,
            r"no case in common: both have ex01\.a\.speed on cpu, but with seed 0 and with seed 7$",
        ),
        (
            (run("base", timed()), run("new", timed(of=case(n=2)))),
            {},
            NothingMatched,
            r"no case in common: both have ex01\.a\.speed on cpu, but with other parameters or other variants$",
        ),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    runs: tuple[Run, ...], more: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        compare(runs, **more)


def test_one_device_against_another() -> None:
    base, new = run("base", timed()), run("new", timed(0.5, case(device="cuda")), devices=("cuda",))
    (timed_,) = compare((base, new), by=("device",), over=("device",)).against[0].timed
    assert timed_.verdict == "faster"
    assert MARGIN == 0.03


def test_what_was_not_sound_is_not_one_of_the_family() -> None:
    """It may have been timed before that was found: counted, it would take the others their verdicts."""
    wrong = [replace(timed(of=case(n=n)), outcome="disagrees") for n in range(2, 150)]
    rounds = (1.02, 1.08, 1.02, 1.1, 1.05)
    comparison = compare((run("base", timed(), *wrong), run("new", timed(rounds=rounds), *wrong)))
    assert comparison.count == 1
    assert comparison.against[0].timed[0].verdict == "slower"


def test_runs_of_smoke_do_not_move_together() -> None:
    """Their numbers are no results, and so is what they have in common."""
    base, new = (
        run(id, *(timed(f, case(n=n)) for n in range(5)), profile="smoke") for id, f in (("a", 1.0), ("b", 1.2))
    )
    assert compare((base, new)).against[0].together is None


@pytest.mark.parametrize(
    ("spread", "width", "cause"),
    [
        (0.012, 0.022, "the noise floor of the runs: ± 3"),
        (0.02, 0.015, "the processes differ too much: ± 3"),
        (0.016, 0.004, "near the edge of the margin: ± 2"),
    ],
)
def test_the_larger_part_of_an_error_is_its_cause(spread: float, width: float, cause: str) -> None:
    rounds = [math.exp(each * spread) for each in (-1, 1, -1, 1, 0)]
    new = timed(1.017, rounds=rounds) if "edge" in cause else timed(1.0, rounds=rounds)
    said, told = verdict((run("a", timed(rounds=rounds), width=width), run("b", new, width=width)))
    assert said == "inconclusive"
    assert told.startswith(cause)


def test_another_machine_that_was_asked_for_is_no_other_system_by_chance() -> None:
    def many(id: str, factor: float, platform: str) -> Run:
        return run(id, *(timed(factor, case(n=n)) for n in range(5)), place={"platform": platform})

    runs = many("base", 1.0, "Linux 6.1"), many("new", 1.2, "Linux 6.2")
    # Who asked for another torch did not ask for another host.
    assert exit_code(compare(runs, by=("torch",), over=("torch", "cuda"))) == 0
    assert exit_code(compare(runs, by=("gpu",), over=("gpu",))) == 1


def test_a_time_on_another_kind_of_machine_is_inconclusive_and_out_of_the_family() -> None:
    base = places.spread(run("base", timed(), timed(of=case(n=2))), lambda record: places.FIRST)
    new = places.spread(
        run("new", timed(), timed(2.0, of=case(n=2))),
        lambda record: places.SECOND if record.case.parameters["n"] == 2 else places.FIRST,
    )
    told = compare([base, new], apart=[{("node-1", "node-2", False): "on different machines"}])
    alike, apart = told.against[0].timed
    assert alike.verdict == "equivalent"
    assert (apart.verdict, apart.cause, apart.change) == ("inconclusive", "on different machines", None)
    assert told.count == 1


def test_the_noise_of_a_time_is_that_of_its_places() -> None:
    def spread(id: str) -> Run:
        of = run(id, timed(), timed(of=case(n=2)), timed(of=case(n=3)))
        return places.spread(of, lambda record: tuple(places.CPUS)[int(record.case.parameters["n"]) - 1])

    quiet, loud, unknown = compare([spread("base"), spread("new")]).against[0].timed
    assert [floor and floor.width for floor in quiet.floors] == [0.004, 0.004]
    assert [floor and floor.width for floor in loud.floors] == [0.031, 0.031]
    assert (quiet.verdict, loud.verdict) == ("equivalent", "inconclusive")
    assert unknown.cause.startswith("no noise floor is known")


def test_the_noise_that_is_told_is_that_of_places_with_cases_in_common() -> None:
    base = run("base", timed())
    new = places.spread(
        run("new", timed(), timed(of=case(n=2))),
        lambda record: places.SECOND if record.case.parameters["n"] == 2 else places.FIRST,
    )
    against = compare([base, new]).against[0]
    assert [floor and floor.width for floor in against.floors] == [against.timed[0].floors[0].width, 0.004]  # type: ignore[union-attr]
