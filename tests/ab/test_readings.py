"""What runs say of two sides: times, breakages, what one side alone has."""

import math
from dataclasses import replace

import pytest

from bench.ab import readings
from bench.ab.readings import WHOLE, Pair, Rule, judge
from bench.analysis.sequential import Bounds
from bench.model import Broken, Case, Claim, Findings, Record, Run, Sample
from tests.ab.planting import HERE, case, pair, pairs, reading


def record(outcome: str = "ok", seconds: float = 2e-3, **more: object) -> Record:
    samples = tuple(Sample(round=i, calls=2, seconds=2 * seconds) for i in range(2))
    return replace(Record(case=case(), outcome=outcome, samples=samples), **more)  # type: ignore[arg-type]


def run(*records: Record, **more: object) -> Run:
    made = Run(
        schema=1,
        id="r",
        created="",
        command=(),
        profile="smoke",
        devices=("cpu",),
        seeds=(0,),
        data="auto",
        environment=HERE,
        records=records,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_reading_has_seconds_a_call() -> None:
    found = readings.of_run(run(record()), code=0)
    assert found.times == {case(): pytest.approx(2e-3)}
    assert found.broken == {}


def test_what_is_broken_has_no_time_but_a_reason() -> None:
    claims = Findings(claims=(Claim("close", 2.0, "at_most", 1.0),))
    found = readings.of_run(
        run(
            record("disagrees", reason="by 3e-2\x1b"),
            replace(record(), case=case("other"), samples=(), findings=claims),
            broken=(Broken("ex61", "it cannot be imported"),),
        )
    )
    assert found.times == {}
    assert found.broken == {
        case().label: "disagrees: by 3e-2�",
        case("other").label: "claims fail: close",
        "ex61": "it cannot be imported",
    }


def test_a_skipped_case_is_neither_timed_nor_broken() -> None:
    found = readings.of_run(run(record("skipped", samples=())))
    assert (found.times, found.broken) == ({}, {})


@pytest.mark.parametrize(
    ("ratio", "said"), [(1.0, "equivalent"), (1.1, "slower"), (0.9, "faster"), (1.01, "equivalent")]
)
def test_pairs_are_judged(ratio: float, said: str) -> None:
    found = judge(pairs(ratio), Rule())
    assert found.overall == found.timed[0].verdict == said
    assert found.is_red == (said == "slower")
    assert found.timed[0].b / found.timed[0].a == pytest.approx(ratio, rel=0.01)


def test_too_few_pairs_are_undecided_and_not_red() -> None:
    found = judge(pairs(2.0, many=2), Rule())
    assert found.undecided == (case(),)
    assert found.overall == "undecided"
    assert not found.is_red


def test_no_pair_says_nothing() -> None:
    assert judge([], Rule()).overall == "not timed"


def test_cases_share_alpha() -> None:
    alone = judge(pairs(1.1), Rule()).timed[0].bounds
    many = [pair(dict.fromkeys("abcde", *each.a.times.values()), dict.fromkeys("abcde", *each.b.times.values()))
            for each in pairs(1.1)]  # fmt: skip
    shared = judge(many, Rule()).timed[0].bounds
    assert shared.high - shared.low > alone.high - alone.low
    assert shared == judge(pairs(1.1), Rule(alpha=0.05 / 5)).timed[0].bounds


def test_what_b_breaks_is_red_and_what_it_mends_is_not() -> None:
    sound, wrong = reading({"plain": 1.0}), reading(broken={case().label: "failed: no"})
    worse, better, both = judge([Pair(sound, wrong)], Rule()), judge([Pair(wrong, sound)], Rule()), judge(
        [Pair(wrong, wrong)], Rule()
    )  # fmt: skip
    assert (worse.overall, worse.is_red) == ("broken", True)
    assert (better.overall, better.is_red) == ("mended", False)
    assert (both.overall, both.is_red) == ("not timed", False)
    assert worse.worse[0].b == "failed: no"
    assert not worse.apart


def test_a_breakage_in_a_later_pair_counts() -> None:
    sound, wrong = reading({"plain": 1.0}), reading(broken={case().label: "failed: no"})
    found = judge([Pair(sound, sound), Pair(sound, wrong)], Rule())
    assert found.overall == "broken"
    assert found.timed[0].bounds.pairs == 1


def test_a_side_without_a_run_is_one_breakage() -> None:
    gone = readings.lost("no exercise is called 'ex60'", 5)
    found = judge([Pair(gone, reading({"plain": 1.0}, broken={"ex61": "too"}))], Rule())
    assert [(each.what, each.a) for each in found.broken] == [(WHOLE, "no exercise is called 'ex60'")]
    assert found.overall == "mended"
    assert judge([Pair(reading({"plain": 1.0}), gone)], Rule()).is_red
    assert judge([Pair(gone, gone)], Rule()).is_red
    assert readings.lost("", -9).broken[WHOLE] == "it ended with exit code -9"


def test_cases_of_one_side_alone_are_named() -> None:
    found = judge([pair({"plain": 1.0, "old": 1.0}, {"plain": 1.0, "new": 1.0})], Rule())
    assert found.apart == ((case("old"), "A"), (case("new"), "B"))


def test_a_set_up_that_fails_explains_its_variants() -> None:
    failed = reading(broken={Case(exercise="ex60", part="a.speed", device="cpu", seed=0).label: "failed: no"})
    assert judge([Pair(reading({"plain": 1.0}), failed)], Rule()).apart == ()


def test_what_differs_beside_the_code_is_noted() -> None:
    a, b = reading({"plain": 1.0}, sources={"x.py": "1"}), reading({"plain": 1.0}, sources={"x.py": "1"})
    other = replace(HERE, torch="2.11", packages={"numpy": "2.0"})
    assert judge([Pair(a, b)], Rule()).notes == (
        "the files of the exercises are the same on both sides; what they import or read may differ",
    )
    assert judge([Pair(a, replace(b, environment=other, sources={}))], Rule()).notes == (
        "different torch: 2.14 and 2.11",
        "different numpy: none and 2.0",
    )


def test_one_side_of_the_margin_is_enough_for_a_rule_of_one_side() -> None:
    wide = Bounds(-0.5, -1.0, 0.02, 5)
    assert Rule().verdict(wide) == "undecided"
    assert Rule(one_sided=True).verdict(wide) == "equivalent"
    assert Rule(one_sided=True).verdict(Bounds(0.5, 0.1, 0.9, 5)) == "slower"
    assert Rule(one_sided=True).verdict(Bounds(math.nan, math.nan, math.nan, 5)) == "undecided"
