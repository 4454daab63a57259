"""How a claim's value stands beside its bound, and what is said before any number."""

from dataclasses import replace
from typing import Any

import pytest

from bench.report import summary


@pytest.mark.parametrize(
    ("value", "bound", "passed", "said"),
    [
        (3.0123e-16, 1e-12, True, ("3.01e-16", "1e-12")),
        (0.03004, 0.03, False, ("0.03004", "0.03")),
        (0.2038881, 0.2039329, True, ("0.20389", "0.20393")),
        (0.5514447139320511, 0.5514447139310511, True, ("0.5514", "0.5514")),
        (0.5514447139300511, 0.5514447139310511, False, ("0.55144471393", "0.551444713931")),
        (5, 5, True, ("5", "5")),
    ],
)
def test_a_value_is_told_from_its_bound_by_no_more_digits_than_it_takes(
    value: float, bound: float, passed: bool, said: tuple[str, str]
) -> None:
    assert summary.tell_apart(value, bound, passed) == said


@pytest.mark.parametrize("profile", ["smoke", "quick", "full"])
def test_the_scope_names_what_the_profile_leaves_out_and_the_data_once(samples: Any, profile: Any) -> None:
    run = replace(samples.build(), profile=profile)
    names = {source.name for record in run.records for source in record.findings.data}
    said = summary.scope(run)
    assert said.startswith(summary.SCOPES[profile])
    assert names
    assert all(said.count(name) == 1 for name in names)


def test_without_data_the_scope_names_none(samples: Any) -> None:
    run = replace(samples.build(), records=())
    assert summary.scope(run) == summary.SCOPES[run.profile]
