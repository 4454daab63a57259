"""Observations become records: nothing is lost, and the worst outcome stays."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from bench.execute.messages import Ended, Reply
from bench.execute.observations import observation_of, records_of_case, together
from bench.execute.observations import records as records_of
from bench.model import (
    Agreement,
    Case,
    Disturbance,
    Figure,
    Findings,
    GpuState,
    Memory,
    Metric,
    Observation,
    Record,
    Sample,
    Task,
    VariantResult,
    Work,
)

CASE = Case(exercise="ex01", part="a", device="cpu", seed=0, parameters={"n": 8})
AGREED = Agreement(error=1e-8, allowed=1e-6, reference_error=1e-7, dtype="float32")


def records(observations: Sequence[Observation]) -> tuple[Record, ...]:
    return records_of([observation.task for observation in observations], observations)


def agree(**variants: VariantResult) -> Observation:
    findings = Findings(metrics=(Metric("m", 1.0),))
    return Observation(
        task=Task("agree", CASE), outcome="ok", seconds=1.0, findings=findings, variants=variants, work=Work(8, "rows")
    )


def timed(round: int, **variants: VariantResult) -> Observation:
    return Observation(task=Task("time", CASE, round), outcome="ok", seconds=2.0, variants=variants)


def weighed(variant: str, peak: int) -> Observation:
    seen = VariantResult(memory=Memory((peak,), baseline=100 + peak, source="VmHWM"))
    return Observation(
        task=Task("weigh", replace(CASE, variant=variant)), outcome="ok", seconds=4.0, variants={variant: seen}
    )


def sample(round: int) -> VariantResult:
    return VariantResult(samples=(Sample(round=round, calls=10, seconds=0.5),))


def test_all_that_was_seen_of_a_variant_is_in_its_record() -> None:
    seen = [agree(x=VariantResult(agreement=AGREED)), timed(0, x=sample(0)), timed(1, x=sample(1)), weighed("x", 5)]
    (record,) = records([*seen, weighed("x", 3)])
    assert record.case == replace(CASE, variant="x")
    assert record.agreement == AGREED
    assert [one.round for one in record.samples] == [0, 1]
    assert record.memory == Memory((5, 3), baseline=105, source="VmHWM")
    assert record.work == Work(8, "rows")
    assert record.findings.metrics[0].name == "m"
    assert record.seconds == 1 + 2 + 2 + 4 + 4


def test_what_some_weighings_counted_is_kept() -> None:
    counted = Memory((5,), 1, "VmHWM", tensors=4, children=7)
    assert together([counted, Memory((6,), 1, "VmHWM")]) == Memory((5, 6), 1, "VmHWM", tensors=4, children=7)


def test_the_weight_of_one_variant_is_not_anothers() -> None:
    found = records([agree(x=VariantResult(), y=VariantResult()), weighed("x", 5)])
    assert [record.memory is not None for record in found] == [True, False]


def test_the_worst_outcome_stays() -> None:
    found = records(
        [
            agree(x=VariantResult(), y=VariantResult()),
            timed(0, x=VariantResult(outcome="disagrees", reason="moved"), y=sample(0)),
        ]
    )
    assert [(record.outcome, record.reason) for record in found] == [("disagrees", "moved"), ("ok", "")]


def test_a_death_with_a_name_is_not_the_others_fault() -> None:
    died = Observation(
        task=Task("time", CASE),
        outcome="timeout",
        reason="too long",
        variants={"x": VariantResult(outcome="timeout", reason="too long")},
    )
    found = records([agree(x=VariantResult(), y=VariantResult()), died])
    assert [record.outcome for record in found] == ["timeout", "ok"]


def test_a_death_without_a_name_concerns_all() -> None:
    died = Observation(task=Task("time", CASE), outcome="oom", reason="no memory")
    found = records([agree(x=VariantResult(), y=VariantResult()), died])
    assert {(record.outcome, record.reason) for record in found} == {("oom", "no memory")}


def test_a_case_without_variants_is_one_record() -> None:
    (record,) = records([Observation(task=Task("agree", CASE), outcome="failed", reason="no set-up", missing=False)])
    assert (record.case.variant, record.outcome, record.reason) == (None, "failed", "no set-up")


def test_cases_are_told_apart() -> None:
    other = replace(CASE, parameters={"n": 9})
    seen = [
        agree(x=VariantResult()),
        Observation(task=Task("agree", other), outcome="ok", variants={"x": VariantResult()}),
    ]
    assert [record.case.parameters["n"] for record in records(seen)] == [8, 9]


def test_what_failed_under_the_clock_has_no_memory_though_it_was_weighed_before() -> None:
    failed = timed(0, x=VariantResult(outcome="disagrees", reason="moved"), y=sample(0))
    found = records([agree(x=VariantResult(), y=VariantResult()), weighed("x", 5), weighed("y", 6), failed])
    assert [record.memory is not None for record in found] == [False, True]


def test_records_come_in_the_order_of_the_plan() -> None:
    study = Task("study", replace(CASE, part="b"))
    seen = [agree(x=VariantResult()), Observation(task=study, outcome="ok")]
    assert [record.case.part for record in records_of([study, Task("agree", CASE)], seen)] == ["b", "a"]
    assert records_of([study, Task("agree", CASE)], seen[1:]) == records_of_case(seen[1:])


def reply(**how: object) -> Reply:
    return Reply(**{"ended": Ended(0)} | how)  # type: ignore[arg-type]


def test_the_answer_of_a_child_is_its_observation_with_its_figures_in_place() -> None:
    task = Task("study", CASE)
    answer = Observation(task=task, outcome="ok", findings=Findings(figures=(Figure("f", "sub/f.png"),)))
    found = observation_of(task, reply(answer=answer), None)
    assert found.findings.figures[0].path == str(PurePosixPath(CASE.folder, "sub/f.png"))
    assert replace(found, findings=answer.findings) == answer


@pytest.mark.parametrize(
    ("how", "outcome", "reason"),
    [
        (
            {"ended": Ended(-9), "timed_out": True},
            "timeout",
            "took longer than 2 s and was killed; --timeout allows more",
        ),
        ({"ended": Ended(-9), "starved": True}, "oom", "the kernel killed it, for the machine had no memory left"),
        ({"ended": Ended(-9)}, "failed", "died of SIGKILL (Killed)"),
        ({"ended": Ended(-11), "starved": True}, "failed", "died of SIGSEGV (Segmentation fault)"),
        (
            {"ended": Ended(-6, "LLVM ERROR: out of memory\nAllocation failed\n")},
            "oom",
            "aborted: LLVM ERROR: out of memory",
        ),
        ({"ended": Ended(-6, "a\n  what():  std::bad_alloc\nFatal")}, "oom", "aborted: what():  std::bad_alloc"),
        (
            {"ended": Ended(-6, "Fatal Python error: Aborted\n  File bad_alloc.py")},
            "failed",
            "died of SIGABRT (Aborted)",
        ),
        ({"ended": Ended(-11, "out of memory")}, "failed", "died of SIGSEGV"),
        ({"ended": Ended(-77)}, "failed", "died of signal 77"),
        ({"ended": Ended(3, "said")}, "failed", "ended with exit status 3 before it gave an answer"),
        (
            {"ended": Ended(70, "said", words="OSError: no")},
            "failed",
            "ended with exit status 70 before it gave an answer: OSError: no",
        ),
    ],
)
def test_a_child_that_gave_no_answer_says_how_it_died(how: dict[str, object], outcome: str, reason: str) -> None:
    found = observation_of(Task("agree", CASE), reply(variant="x", **how), 2.0)
    assert found.outcome == outcome
    assert found.reason.startswith(reason)
    assert found.variants == {"x": VariantResult(outcome=found.outcome, reason=found.reason, detail=found.detail)}
    assert observation_of(Task("agree", CASE), reply(**how), 2.0).variants == {}


def test_an_answer_that_came_after_the_time_was_over_does_not_count() -> None:
    task = Task("study", CASE)
    late = reply(answer=Observation(task=task, outcome="ok"), timed_out=True, ended=Ended(-9))
    assert observation_of(task, late, 1.0).outcome == "timeout"


def test_what_the_machine_did_is_taken_together_over_rounds() -> None:
    quiet = Disturbance(seconds=3.0, load=0.5, switches=2, gpu=GpuState(clock=1980))
    rough = Disturbance(
        seconds=1.0,
        load=2.0,
        stolen=0.4,
        throttled=0.2,
        switches=5,
        gpu=GpuState(clock=1200, limits=("heat",), others=1),
    )
    rounds = [
        replace(timed(number, x=sample(number)), disturbance=each) for number, each in enumerate((quiet, rough, None))
    ]
    (record,) = records([agree(x=VariantResult(agreement=AGREED)), *rounds])
    assert record.disturbance == Disturbance(
        seconds=4.0,
        load=2.0,
        stolen=pytest.approx(0.1),
        throttled=pytest.approx(0.05),
        switches=7,
        gpu=GpuState(clock=1200, limits=("heat",), others=1),
    )
    assert records([agree(x=VariantResult())])[0].disturbance is None
