"""Runs are compared where they may be."""

from __future__ import annotations

import pytest

from bench.errors import NothingMatched, UsageError
from bench.report.between.comparison import check, compare, exit_code, require
from tests import places
from tests.two_runs import case, pair, run, timed


def test_what_differs_is_allowed_or_told() -> None:
    base, new = pair(1.1, place={"torch": "2.12.0", "platform": "Linux 6.2"})
    with pytest.raises(UsageError, match=r"torch: 2\.11\.0 and 2\.12\.0"):
        compare([base, new], (), 0.03)
    comparison = compare([base, new], ("torch",), 0.03)
    assert comparison.by == ("torch",)
    assert exit_code(comparison) == 1
    assert comparison.against[0].warnings == ("another system: Linux 6.1 and Linux 6.2",)


def test_each_run_is_held_against_the_base() -> None:
    base, new = pair(1.1)
    third = run("third", timed(), place={"threads": 2})
    with pytest.raises(UsageError, match="base and third differ in threads"):
        compare([base, new, third], (), 0.03)
    assert len(compare([base, new, third], ("threads",), 0.03).against) == 2


def test_a_device_is_compared_with_another() -> None:
    base = run("base", timed())
    card = run("card", timed(0.5, case(device="cuda")), devices=("cuda",), place={"gpu": "H200"})
    (against,) = compare([base, card], ("device",), 0.03).against
    assert [timed.verdict for timed in against.timed] == ["faster"]


def test_what_can_be_known_before_a_run_has_records() -> None:
    base = run("base", timed(), command=("bench", "run", "ex01", "x" * 500))
    require(base, run("planned"), [case(None)])
    require(base, run("planned"), [])
    with pytest.raises(
        NothingMatched, match=r"base has none of the cases that planned would have: `bench run ex01 x+`"
    ):
        require(base, run("planned"), [case(None, n=2)])
    with pytest.raises(UsageError, match="differ in profile: quick and full"):
        require(base, run("planned", profile="full"), [case(None)])
    require(base, run("planned", profile="full"), [case(None)], ("profile",))


def test_a_margin_and_what_may_differ_are_checked_without_a_run() -> None:
    check(("torch",), 0.1)
    with pytest.raises(UsageError, match="--by knows no 'wind'"):
        check(("wind",))
    with pytest.raises(UsageError, match="between 0 and 1"):
        check((), float("nan"))


def test_times_of_machines_of_two_kinds_are_not_held_against_each_other() -> None:
    cases = timed(), timed(of=case(n=2))
    base = places.spread(run("base", *cases), lambda record: places.FIRST)
    new = places.spread(run("new", *cases), lambda r: (places.FIRST, places.SECOND)[int(r.case.parameters["n"]) - 1])
    alike, apart = compare([base, new]).against[0].timed
    assert alike.verdict == "equivalent"
    assert apart.verdict == "inconclusive"
    assert apart.cause.startswith("on different machines, node-1 and node-2, which differ in cpu: ")
    both = compare([base, new], ("machine",)).against[0].timed
    assert all(each.change is not None for each in both)
