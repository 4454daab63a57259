"""Runs are compared where they may be."""

from __future__ import annotations

import pytest

from bench.errors import UsageError
from bench.report.between.comparison import compare, exit_code
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
