"""A bound belongs to what it allows."""

import pytest

from bench.model import Agreement, Claim, Relation


@pytest.mark.parametrize(
    ("relation", "below", "at", "above"),
    [("at_most", True, True, False), ("at_least", False, True, True), ("equals", False, True, False)],
)
def test_a_claim_holds_at_its_bound(relation: Relation, below: bool, at: bool, above: bool) -> None:
    assert [Claim("c", value, relation, 2.0).passed for value in (1.0, 2.0, 3.0)] == [below, at, above]


@pytest.mark.parametrize("relation", ["at_most", "at_least", "equals"])
def test_a_value_that_is_no_number_passes_no_claim(relation: Relation) -> None:
    assert not Claim("c", float("nan"), relation, 2.0).passed


@pytest.mark.parametrize(("error", "passed"), [(0.0, True), (1e-6, True), (1.1e-6, False), (float("nan"), False)])
def test_an_agreement_holds_up_to_what_is_allowed(error: float, passed: bool) -> None:
    assert Agreement(error=error, allowed=1e-6, reference_error=0.0, dtype="float32").passed is passed
