"""Comparisons in words: percents, factors, headlines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.analysis.between import Change
from bench.analysis.compared import Comparison, compare
from bench.report.between import words
from tests.two_runs import case, found, pair, run, timed, weighed


def change(centre: float, low: float, high: float) -> Change:
    return Change(centre=centre, low=low, high=high, p=0.1, rounds=(5, 5), share=0.5)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (change(1.1, 1.08, 1.12), "+10 % (+8 to +12)"),
        (change(1.1004, 1.099, 1.102), "+10.04 % (+9.90 to +10.20)"),
        (change(0.9, 0.85, 0.96), "−10 % (−15 to −4)"),
        (change(1.0, 0.99, 1.01), "0.0 % (−1.0 to +1.0)"),
        (change(1.1, 1.1, 1.1), "+10.00 %"),
        (change(3.1, 2.9, 3.4), "3.1 × (2.9 to 3.4)"),
        (change(0.2, 0.1, 0.4), "0.2 × (0.1 to 0.4)"),
        (change(3.0, 2.98, 3.03), "3.00 × (2.98 to 3.03)"),
        (change(1234.0, 1200.0, 1250.0), "1,230 × (1,200 to 1,250)"),
        (change(3.0, 3.0, 3.0), "3 ×"),
        (change(2.6512e199, 2.6412e199, 2.6612e199), "2.7e199 × (2.6e199 to 2.7e199)"),
        (change(0.0043, 0.0042, 0.0044), "0.00430 × (0.00420 to 0.00440)"),
        (change(4.3e-290, 4.2e-290, 4.4e-290), "4.3e-290 × (4.2e-290 to 4.4e-290)"),
        (change(1.1, 0.1, 12.0), "nothing is known"),
        (None, ""),
    ],
)
def test_a_change_has_no_more_digits_than_its_interval(told: Change | None, said: str) -> None:
    assert words.change(told) == said


def of(*runs: Any, **more: Any) -> Comparison:
    return compare(runs, **more)


STUDY = found({"error": 0.5})


@pytest.mark.parametrize(
    ("comparison", "headline", "mark"),
    [
        (of(*pair(1.1)), "1 time is slower", "✗"),
        (of(*pair(1.0)), "Nothing is slower", "✓"),
        (of(*pair(1.5, profile="smoke")), "Nothing can be said of the times", "–"),
        (of(run("a", STUDY), run("b", STUDY)), "No claim and no case is lost; nothing was timed", "✓"),
        (of(run("a", STUDY), run("b", found({"error": 2.0}))), "1 claim is lost", "✗"),
        (
            of(run("a", timed(), STUDY), run("b", timed(1.1), replace(STUDY, outcome="oom"))),
            "1 time is slower, 1 case is lost",
            "✗",
        ),
    ],
)
def test_the_headline_is_the_worst(comparison: Comparison, headline: str, mark: str) -> None:
    assert words.headline(comparison) == headline
    assert words.mark(*comparison.against) == mark


def test_a_tally_counts_every_verdict() -> None:
    base = run("a", *(timed(of=case(n=n)) for n in range(3)))
    new = run("b", timed(1.1, case(n=0)), timed(1.0, case(n=1)), timed(1, case(n=2), rounds=(1, 2, 3, 1, 2)))
    (against,) = of(base, new).against
    assert words.tally(against, 0.03) == "3 times: 1 slower, 1 inconclusive, 1 equivalent within 3 %"
    assert [each.verdict for each in words.ordered(against)] == ["slower", "inconclusive", "equivalent"]
    assert words.floors(against) == (
        "noise floor: base ± 0.4 % (bench doctor --noise), new ± 0.4 % (bench doctor --noise)"
    )


def test_times_that_move_together_are_doubted() -> None:
    base, new = (run(id, *(timed(f, case(n=n)) for n in range(5))) for id, f in (("a", 1.0), ("b", 1.2)))
    (line,) = words.remarks(of(base, new).against[0])
    assert line == "all 5 times are slower, by 20 % in the middle: that may be the machine rather than the code"


def test_a_machine_of_changing_speed_is_told() -> None:
    base, new = pair(1.0)
    assert new.floor
    restless = replace(new, floor=replace(new.floor, wander=1.96))
    (line,) = words.remarks(of(base, restless).against[0])
    assert line.startswith("one fixed loop was up to 1.96 times as slow here as at its best")


def test_claims_say_what_they_were() -> None:
    base, new = found({"error": 0.5, "gone": 0.25}), found({"error": 2.0, "new": 0.125})
    (against,) = of(run("a", base), run("b", new)).against
    assert [words.claim(each) for each in against.claims] == [
        "error: 2 > 1, was 0.5 (bound 1)",
        "gone: is not made any more, was 0.25 ≤ 1",
        "new: 0.125 ≤ 1",
    ]


def test_metrics_and_memory_have_both_values() -> None:
    base, new = (
        run(id, found(metrics=each)) for id, each in (("a", {"x": 90.0, "z": 1.0}), ("b", {"x": 93.0, "y": 2.0}))
    )
    (against,) = of(base, new).against
    assert words.metric(words.listed_metrics(against)[0]) == ("90 %", "93 %", "+3 %")
    assert words.besides(against) == "besides 2 other metrics"
    (against,) = of(run("a", weighed((0,), 2**20)), run("b", weighed((0,), 2**21))).against
    assert words.memory(words.listed_memory(against)[0]) == ("1 MiB", "2 MiB")
    (against,) = of(run("a", weighed((2**20,))), run("b", weighed((2**21,)))).against
    assert words.memory(words.listed_memory(against)[0]) == ("1 MiB", "2 MiB")


def test_cases_that_were_not_asked_for_are_counted() -> None:
    base = run("a", timed(), *(timed(of=case(n=n)) for n in (2, 3)))
    (against,) = of(base, run("b", timed(), timed(of=case(n=4)))).against
    assert words.besides(against) == "besides 1 new case, 2 cases that the new run was not asked for"
    assert words.listed_cases(against) == []
    assert {words.fate(each) for each in against.cases} == {"new", "not asked for"}


def test_a_label_leaves_out_the_device_that_goes_without_saying() -> None:
    (against,) = of(*pair(1.0)).against
    assert words.label(case(), against) == "ex01.a.speed n=1: mine"
    assert words.label(case(device="cuda"), against) == "ex01.a.speed n=1 on cuda: mine"
    assert words.label(case(device="cuda"), replace(against, over=frozenset({"device"}))) == "ex01.a.speed n=1: mine"


def test_lists_are_cut() -> None:
    assert words.limited("abc", 3) == ["a", "b", "c"]
    assert words.limited("abc", 1) == ["a", "and 2 more"]
