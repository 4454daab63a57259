"""Observations become records: nothing is lost, and the worst outcome stays."""

from dataclasses import replace

from bench.execute.records import records
from bench.model import Agreement, Case, Findings, Memory, Metric, Observation, Sample, Seen, Task, Work

CASE = Case(exercise="ex01", part="a", device="cpu", seed=0, parameters={"n": 8})
AGREED = Agreement(error=1e-8, allowed=1e-6, reference_error=1e-7, dtype="float32")


def agree(**variants: Seen) -> Observation:
    findings = Findings(metrics=(Metric("m", 1.0),))
    return Observation(
        task=Task("agree", CASE), outcome="ok", seconds=1.0, findings=findings, variants=variants, work=Work(8, "rows")
    )


def timed(round: int, **variants: Seen) -> Observation:
    return Observation(task=Task("time", CASE, round), outcome="ok", seconds=2.0, variants=variants)


def weighed(variant: str, peak: int) -> Observation:
    seen = Seen(memory=Memory((peak,), baseline=100 + peak, source="VmHWM"))
    return Observation(
        task=Task("weigh", replace(CASE, variant=variant)), outcome="ok", seconds=4.0, variants={variant: seen}
    )


def sample(round: int) -> Seen:
    return Seen(samples=(Sample(round, 10, 0.5),))


def test_all_that_was_seen_of_a_variant_is_in_its_record() -> None:
    seen = [agree(x=Seen(agreement=AGREED)), timed(0, x=sample(0)), timed(1, x=sample(1)), weighed("x", 5)]
    (record,) = records([*seen, weighed("x", 3)])
    assert record.case == replace(CASE, variant="x")
    assert record.agreement == AGREED
    assert [one.round for one in record.samples] == [0, 1]
    assert record.memory == Memory((5, 3), baseline=105, source="VmHWM")
    assert record.work == Work(8, "rows")
    assert record.findings.metrics[0].name == "m"
    assert record.seconds == 1 + 2 + 2 + 4 + 4


def test_the_weight_of_one_variant_is_not_anothers() -> None:
    found = records([agree(x=Seen(), y=Seen()), weighed("x", 5)])
    assert [record.memory is not None for record in found] == [True, False]


def test_the_worst_outcome_stays() -> None:
    found = records([agree(x=Seen(), y=Seen()), timed(0, x=Seen(outcome="disagrees", reason="moved"), y=sample(0))])
    assert [(record.outcome, record.reason) for record in found] == [("disagrees", "moved"), ("ok", "")]


def test_a_death_with_a_name_is_not_the_others_fault() -> None:
    died = Observation(
        task=Task("time", CASE),
        outcome="timeout",
        reason="too long",
        variants={"x": Seen(outcome="timeout", reason="too long")},
    )
    found = records([agree(x=Seen(), y=Seen()), died])
    assert [record.outcome for record in found] == ["timeout", "ok"]


def test_a_death_without_a_name_concerns_all() -> None:
    died = Observation(task=Task("time", CASE), outcome="oom", reason="no memory")
    found = records([agree(x=Seen(), y=Seen()), died])
    assert {(record.outcome, record.reason) for record in found} == {("oom", "no memory")}


def test_a_case_without_variants_is_one_record() -> None:
    (record,) = records([Observation(task=Task("agree", CASE), outcome="failed", reason="no set-up", missing=False)])
    assert (record.case.variant, record.outcome, record.reason) == (None, "failed", "no set-up")


def test_cases_are_told_apart() -> None:
    other = replace(CASE, parameters={"n": 9})
    seen = [agree(x=Seen()), Observation(task=Task("agree", other), outcome="ok", variants={"x": Seen()})]
    assert [record.case.parameters["n"] for record in records(seen)] == [8, 9]
