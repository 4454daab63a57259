"""What the records of a run say together: claims by their worst seed, metrics with their range, what went wrong."""

from dataclasses import replace
from typing import Any

import pytest

from bench.model import Broken, Case, Claim, Findings, Metric, PartInfo, Record
from bench.report import summary
from tests import places
from tests.report import sample
from tests.two_runs import run


@pytest.mark.parametrize(
    ("value", "bound", "passed", "texts"),
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
    value: float, bound: float, passed: bool, texts: tuple[str, str]
) -> None:
    assert summary.tell_apart(value, bound, passed) == texts


@pytest.mark.parametrize("profile", ["smoke", "quick", "full"])
def test_the_scope_names_what_the_profile_leaves_out_and_the_data_once(samples: Any, profile: Any) -> None:
    run = replace(samples.build(), profile=profile)
    names = {source.name for record in run.records for source in record.findings.data}
    scope = summary.scope(run)
    assert scope.startswith(summary.SCOPES[profile])
    assert names
    assert all(scope.count(name) == 1 for name in names)


def test_without_data_the_scope_names_none(samples: Any) -> None:
    run = replace(samples.build(), records=())
    assert summary.scope(run) == summary.SCOPES[run.profile]


def record(outcome: Any = "ok", *claims: Claim, seed: int = 0, metrics: tuple[Metric, ...] = (), **more: Any) -> Record:
    case = Case(exercise="ex01", part="a", device="cpu", seed=seed)
    return Record(case=case, outcome=outcome, findings=Findings(claims=claims, metrics=metrics), **more)


def test_a_claim_is_told_by_its_worst_seed() -> None:
    def bounded(value: float, bound: float) -> Claim:
        return Claim("c", value, "at_most", bound)

    holding = [record("ok", bounded(value, 1.0), seed=seed) for seed, value in enumerate((0.2, 0.9, 0.5))]
    (line,) = summary.claim_lines(holding)
    assert (line.worst.value, line.where, line.ok) == (0.9, "cpu, seed 1", True)
    (line,) = summary.claim_lines([*holding, record("ok", bounded(0.01, 0.0), seed=3)])
    assert (line.worst.value, line.where, line.passed, line.total) == (0.01, "cpu, seed 3", 3, 4)


@pytest.mark.parametrize(
    ("relation", "value", "far"), [("at_most", 3.0, 1.0), ("at_least", 3.0, -1.0), ("equals", 1.5, 0.5)]
)
def test_a_miss_is_positive_on_the_wrong_side(relation: Any, value: float, far: float) -> None:
    assert summary.miss(Claim("c", value, relation, 2.0)) == far


def test_a_metric_is_its_median_with_its_range() -> None:
    records = [record(metrics=(Metric("m", value, "s"),), seed=seed) for seed, value in enumerate((3.0, 1.0, 2.0))]
    (line,) = summary.metric_lines(records)
    assert (line.median, line.low, line.high, line.count, line.unit, line.device) == (2, 1, 3, 3, "s", "cpu")


def test_what_an_exercise_leaves_out_is_no_case_and_what_misses_its_data_went_wrong() -> None:
    holds, fails = Claim("h", 1, "equals", 1), Claim("f", 2, "equals", 1)
    tally = summary.tally(
        [
            record("ok", holds, fails),
            record("skipped", seed=1),
            record("skipped", missing=True, seed=2),
            record("failed", seed=3),
        ]
    )
    assert (tally.claims_passed, tally.claims) == (1, 2)
    assert (tally.cases_passed, tally.cases, tally.skipped) == (1, 3, 1)
    assert tally.words == "1 of 2 claims hold, 2 of 3 cases went wrong, 1 skipped"
    assert not tally.ok
    assert summary.total([tally, tally]).cases == 6
    assert summary.tally([]).words == "nothing ran"


def test_a_case_is_all_its_variants_and_wrong_with_any() -> None:
    tally = summary.tally([record("ok"), record("disagrees"), record("ok", seed=1)])
    assert (tally.cases_passed, tally.cases) == (1, 2)
    assert tally.ran_words == "1 of 2 cases went wrong"
    assert summary.tally([record("ok"), record("ok", seed=1)]).ran_words == "everything ran (2 cases)"
    assert summary.tally([]).ran_words == "nothing ran"


def test_problems_are_told_the_worst_first() -> None:
    outcomes = ("skipped", "ok", "oom", "timeout", "disagrees", "failed")
    ordered = [problem.outcome for problem in summary.problems([record(outcome) for outcome in outcomes])]
    assert ordered == ["disagrees", "failed", "oom", "timeout", "skipped"]


def test_methods_of_a_race_agree_with_nobody() -> None:
    part = PartInfo(id="r", title="R", kind="race")
    case = Case(exercise="ex1", part="r", device="cpu", seed=0)
    records = [Record(case=replace(case, variant=name), outcome="ok") for name in ("SGD", "Adam")]
    assert summary.found(part, records, judged=True) == "2 methods"


def test_the_verdict_of_a_run_is_one_line() -> None:
    def verdict(*records: Record, **more: Any) -> tuple[str, str]:
        told = summary.verdict(run("a", *records, **more))
        return told.mark, told.words

    holds, fails = record("ok", Claim("c", 0.5, "at_most", 1.0)), record("ok", Claim("c", 2.0, "at_most", 1.0))
    assert verdict(holds) == ("✓", "1 of 1 claims hold")
    assert verdict(fails) == ("✗", "0 of 1 claims hold")
    assert verdict(holds, broken=(Broken("ex99", "no"),)) == ("✗", "1 of 1 claims hold; 1 broken plugin")
    assert verdict(fails, profile="smoke") == ("", "everything ran (1 case)")
    assert verdict(record("failed"), profile="smoke") == ("✗", "1 of 1 case went wrong")
    assert verdict(holds, finished=False) == ("", "stopped before its end; so far 1 of 1 claims hold")
    assert verdict(fails, finished=False) == ("✗", "stopped before its end; so far 0 of 1 claims hold")


def test_claims_of_several_places_are_told_by_place() -> None:
    spread = places.spread(sample.build(hostile=False), places.by_seed)
    listed = summary.records_of(spread, "ex10", "a")
    lines = [line for line in summary.claim_lines(listed) if line.worst.name == "every claim holds"]
    # 0.83, 0.73 and 0.63 of at least 0.9: one a seed, and a place a seed.
    assert [(line.place, line.passed, line.total) for line in lines] == [(f"node-{n}", 0, 1) for n in (1, 2, 3)]
    assert lines[2].found == "cpu, seed 2, node-3"
    assert {line.place for line in summary.claim_lines(sample.build(hostile=False).records)} == {""}


def test_metrics_of_a_machine_are_told_by_place_and_others_over_all_of_them() -> None:
    def timed(seed: int) -> Record:
        metrics = (Metric("accuracy", 0.9, "%"), Metric("training", 10.0 + seed, "s"), Metric("rate", 5.0, "images/s"))
        study = sample.study("cpu", seed, hostile=False)
        return replace(study, findings=Findings(metrics=metrics), place=f"node-{seed % 2}")

    lines = summary.metric_lines(timed(seed) for seed in range(3))
    assert [(line.name, line.which, line.count) for line in lines] == [
        ("accuracy", "", 3),
        ("training", "node-0", 2),
        ("rate", "node-0", 2),
        ("training", "node-1", 1),
        ("rate", "node-1", 1),
    ]
