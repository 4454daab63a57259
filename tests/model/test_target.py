"""Targets: read strictly, reached by numbers alone."""

import math

import pytest

from bench.model import Target


@pytest.mark.parametrize(
    ("text", "quantity", "relation", "bound", "shown"),
    [
        ("loss ≤ 1e-3", "loss", "at_most", 1e-3, "loss ≤ 1e-3"),
        ("loss <= 1e-3", "loss", "at_most", 1e-3, "loss ≤ 1e-3"),
        ("test accuracy ≥ 0.95", "test accuracy", "at_least", 0.95, "test accuracy ≥ 0.95"),
        ("  f(x)>=-.5 ", "f(x)", "at_least", -0.5, "f(x) ≥ -.5"),
        ("|x - x*| ≤ +2.", "|x - x*|", "at_most", 2.0, "|x - x*| ≤ +2."),
    ],
)
def test_a_quantity_a_relation_and_a_number(text: str, quantity: str, relation: str, bound: float, shown: str) -> None:
    target = Target.parse(text)
    assert (target.quantity, target.relation, target.bound, target.text) == (quantity, relation, bound, shown)
    assert Target.parse(target.text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "loss",
        "≤ 1",
        "  ≤ 1",
        "loss = 1",
        "loss < 1",
        "loss ≤",
        "loss ≤ low",
        "loss ≤ 1e999",
        "loss ≤ nan",
        "loss ≤ inf",
        "loss ≤ 1 ≤ 2",
        "loss ≤ 1_000",
        "loss ≤ 2**3",
        "0 ≤ loss ≤ 1",
        "lo\nss ≤ 1",
        "lo\x1bss ≤ 1",
        f"{'x' * 61} ≤ 1",
        "loss ≤ 1; import os",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not such as 'loss ≤ 1e-3'"):
        Target.parse(text)


def test_only_finite_numbers_reach_it() -> None:
    low, high = Target.parse("loss ≤ 1"), Target.parse("accuracy ≥ 1")
    assert [low.is_reached(value) for value in (0.5, 1.0, 1.5)] == [True, True, False]
    assert [high.is_reached(value) for value in (0.5, 1.0, 1.5)] == [False, True, True]
    for value in (math.nan, math.inf, -math.inf):
        assert not low.is_reached(value)
        assert not high.is_reached(value)


def test_the_best_is_the_nearest_and_never_a_nan() -> None:
    values = [3.0, math.nan, 2.0, math.inf, -math.inf, 2.5]
    assert Target.parse("loss ≤ 1").best(values) == 2.0
    assert Target.parse("accuracy ≥ 1").best(values) == 3.0
    assert Target.parse("loss ≤ 1").best([math.nan]) is None
