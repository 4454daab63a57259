"""A mistake is held against the bound of the claim that it should fail."""

import math

import pytest

from bench.mistakes import TABLE, Mistake, break_it
from bench.testing import failed, lab

EXACT = "by hand = autograd"
UNSEEN = "break it: mistakes that pass the claim they should fail"


def broken(value: float, fails: str = EXACT) -> Mistake:
    return Mistake(name="sum for mean", fails=fails, value=value)


def test_what_fails_is_a_row_with_the_bound_of_its_claim() -> None:
    study = lab()
    study.claim(EXACT, 1e-13, at_most=1e-10)
    break_it(study, broken(124.0), broken(math.nan))
    (table,) = study.findings.tables
    assert (table.name, table.rows[0]) == (TABLE, ("sum for mean", EXACT, "≤ 1e-10", 1e-13, 124.0))
    assert table.rows[1][-1] == "not finite"
    assert failed(study.findings) == {}


def test_a_count_is_shown_in_full() -> None:
    study = lab()
    study.claim("parameters", 34_944, equals=34_944)
    break_it(study, broken(34_848, fails="parameters"))
    assert study.findings.tables[0].rows[0][2:] == ("= 34,944", 34_944, 34_848)


@pytest.mark.parametrize("value", [0.0, 1e-10])
def test_a_mistake_that_nobody_sees_fails(value: float) -> None:
    study = lab()
    study.claim(EXACT, 1e-13, at_most=1e-10)
    break_it(study, broken(124.0), broken(value))
    assert list(failed(study.findings)) == [UNSEEN]


def test_a_claim_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="'sum for mean': the study has made no claim 'by hand = autograd'"):
        break_it(lab(), broken(1.0))


def test_a_claim_that_changed_parameters_unmade_has_nothing_to_fail() -> None:
    study = lab()
    study.changed = ("epochs",)
    study.claim(EXACT, 1e-13, at_most=1e-10, as_declared=True)
    break_it(study, broken(0.0))
    assert failed(study.findings) == {}
    assert study.findings.tables[0].rows == ()


def test_an_infinite_value_passes_no_claim_of_at_least() -> None:
    study = lab()
    study.claim("the control moves", 3.0, at_least=1.0)
    break_it(study, broken(math.inf, fails="the control moves"))
    assert failed(study.findings) == {}
