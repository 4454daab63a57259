"""What moved besides times: claims, cases, memory, metrics."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from bench.analysis import between, moved
from bench.analysis.between import Pair
from bench.model import Broken, Metric, Record
from tests.two_runs import case, found, run, timed, weighed


def pair(base: Record, new: Record) -> list[Pair]:
    return [Pair(base, new)]


def cases(base: Any, new: Any, over: tuple[str, ...] = ()) -> dict[str, str]:
    return {each.case.label: each.fate for each in moved.cases(between.joined(base, new, over), new, over)}


def test_claims_change_sides_come_and_go() -> None:
    base = found({"stays": 0.5, "breaks": 0.5, "heals": 2.0, "goes": 0.5, "stays wrong": 3.0})
    new = found({"stays": 0.7, "breaks": 2.0, "heals": 0.5, "comes": 0.5, "stays wrong": 4.0})
    sides = {each.name: each.side for each in moved.claims(pair(base, new))}
    assert sides == {"breaks": "lost", "heals": "holds again", "goes": "gone", "comes": "new"}


def test_a_claim_of_nothing_is_lost() -> None:
    (claim,) = moved.claims(pair(found({"x": 0.5}), found({"x": math.nan})))
    assert claim.side == "lost"


def test_of_claims_of_one_name_the_first_is_held_against_the_first() -> None:
    once, again = found({"x": 0.5}), found({"x": 2.0})
    two = replace(once, findings=replace(once.findings, claims=(*once.findings.claims, *again.findings.claims)))
    assert moved.claims(pair(two, two)) == ()
    assert [each.side for each in moved.claims(pair(once, two))] == ["new"]


def test_claims_that_a_crash_left_unmade_are_not_gone() -> None:
    assert moved.claims(pair(found({"x": 0.5}), replace(found(), outcome="failed"))) == ()


@pytest.mark.parametrize(
    ("base", "new", "fate"),
    [
        ("ok", "failed", "lost"),
        ("ok", "disagrees", "lost"),
        ("ok", "oom", "lost"),
        ("ok", "timeout", "lost"),
        ("ok", "skipped", "gone"),
        ("failed", "ok", "well again"),
        ("failed", "oom", "gone"),
    ],
)
def test_a_case_that_ended_otherwise(base: Any, new: Any, fate: str) -> None:
    runs = (run(id, replace(timed(), outcome=end, reason="why")) for id, end in (("base", base), ("new", new)))
    assert cases(*runs) == {"ex01.a.speed n=1 on cpu: mine": fate}


def test_a_variant_is_lost_where_others_of_its_setting_ran_and_a_setting_was_not_asked_for() -> None:
    theirs, two = timed(of=case("theirs")), timed(of=case(n=2))
    base = run("base", theirs, timed(), two)
    new = run("new", theirs, timed(of=case(n=3)))
    assert cases(base, new) == {
        "ex01.a.speed n=1 on cpu: mine": "lost",
        "ex01.a.speed n=2 on cpu: mine": "not asked for",
        "ex01.a.speed n=3 on cpu: mine": "new",
    }


def test_what_did_not_hold_before_is_not_lost() -> None:
    theirs = timed(of=case("theirs"))
    assert cases(run("base", theirs, replace(timed(), outcome="failed")), run("new", theirs)) == {
        "ex01.a.speed n=1 on cpu: mine": "gone"
    }


def test_the_cases_of_a_plugin_that_is_broken_are_lost() -> None:
    new = run("new", broken=(Broken("ex01", "SyntaxError"),))
    (case,) = moved.cases(between.joined(run("base", timed()), new), new)
    assert (case.fate, case.why) == ("lost", "not loaded: SyntaxError")


@pytest.mark.parametrize(
    ("base", "new", "weight", "of"),
    [
        (weighed((1000,), 500_000), weighed((9000,), 500_000), "same", "tensors"),
        (weighed((1000,), 500_000), weighed((1000,), 504_000), "same", "tensors"),
        (weighed((1000,), 500_000), weighed((1000,), 510_000), "more", "tensors"),
        (weighed((1000,), 510_000), weighed((1000,), 500_000), "less", "tensors"),
        (weighed((2**20,)), weighed((2**20 + 4096,)), "same", "resident"),
        (weighed((2**20,)), weighed((2**21,)), "more", "resident"),
        (weighed((2**21,)), weighed((2**20,)), "less", "resident"),
        (weighed((2**20, 2**22)), weighed((2**21,)), "same", "resident"),
        (weighed((0,)), weighed((60_000,)), "same", "resident"),
        (weighed((2**20,)), weighed((2**22,), source="sampled"), "another meter", "resident"),
    ],
)
def test_memory_by_the_best_meter_of_both(base: Record, new: Record, weight: str, of: str) -> None:
    (memory,) = moved.memory(pair(base, new))
    assert (memory.weight, memory.of) == (weight, of)


def test_no_memory_of_what_is_not_sound() -> None:
    assert moved.memory(pair(weighed((1,)), replace(weighed((1,)), outcome="disagrees"))) == ()
    assert moved.memory(pair(weighed((1,)), timed())) == ()


def test_metrics_that_changed_the_largest_first() -> None:
    base = found(metrics={"same": 1.0, "little": 100.0, "much": 1.0, "gone": 3.0, "from zero": 0.0})
    new = found(metrics={"same": 1.0, "little": 101.0, "much": -1.0, "come": 4.0, "from zero": 1.0})
    metrics = moved.metrics(pair(base, new))
    assert {each.name: each.share for each in metrics} == {
        "much": -2.0,
        "little": 0.01,
        "gone": None,
        "come": None,
        "from zero": None,
    }
    assert [each.name for each in metrics][-2:] == ["much", "little"]


def test_a_metric_of_another_unit_is_another_metric() -> None:
    new = replace(found(), findings=replace(found().findings, metrics=(Metric("x", 0.5, "s"),)))
    metrics = moved.metrics(pair(found(metrics={"x": 0.5}), new))
    assert [(each.unit, each.base, each.new) for each in metrics] == [("%", 0.5, None), ("s", None, 0.5)]


def test_a_variant_of_a_file_that_was_not_given_is_not_missed() -> None:
    """It was called lost, in a run that was never asked for it."""
    theirs, code = timed(of=case("theirs")), {"m/ex01.py": "a", "/home/me/mine.py": "b"}
    base = run("base", theirs, timed(), code=code)
    new = run("new", theirs, code={"m/ex01.py": "a"})
    assert moved.files_left_out(base, new) == ("mine.py",)
    (gone,) = moved.cases(between.joined(base, new), new, (), moved.files_left_out(base, new))
    assert (gone.fate, gone.why) == ("not asked for", "the new run was not given mine.py")
    elsewhere = run("new", theirs, code={"/ci/mine.py": "c"})
    assert not moved.files_left_out(base, elsewhere), "the same file of another checkout"


def test_of_a_broken_plugin_only_what_held_is_lost() -> None:
    new = run("new", broken=(Broken("ex01", "SyntaxError"),))
    assert cases(run("base", replace(timed(), outcome="failed")), new) == {"ex01.a.speed n=1 on cpu: mine": "gone"}


def test_a_variant_is_lost_on_another_device_too() -> None:
    base = run("base", timed(of=case("theirs")), timed())
    new = run("new", timed(of=case("theirs", device="cuda")), devices=("cuda",))
    assert cases(base, new, ("device",))["ex01.a.speed n=1 on cpu: mine"] == "lost"


def test_ranges_of_resident_memory_that_meet_are_the_same_and_so_is_what_the_meter_cannot_see() -> None:
    wide, other = weighed((2**20, 2**20, 2**22)), weighed((2**22, 2**22, 2**20))
    assert [each.weight for each in moved.memory(pair(wide, other))] == ["same"]
    small, less = weighed((60_000,)), weighed((0,))
    assert [each.weight for each in moved.memory(pair(small, less))] == ["same"]


def test_no_tensor_byte_in_either_run_leaves_it_to_resident_memory() -> None:
    (memory,) = moved.memory(pair(weighed((2**20,), 0), weighed((2**21,), 0)))
    assert (memory.of, memory.weight) == ("resident", "more")


def test_the_share_of_a_metric_below_zero_has_the_sign_of_the_change() -> None:
    (metric,) = moved.metrics(pair(found(metrics={"x": -2.0}), found(metrics={"x": -1.0})))
    assert metric.share == 0.5
