"""How long cases will take, by what earlier runs took."""

from dataclasses import replace

from bench.cluster.estimates import LEAST, USUAL, from_runs, usual
from bench.model import Profile, Record, Run, Task
from tests.cluster.doubles import HERE, plan_of

PLAN = plan_of("ex01.a", "ex01.a.speed", "ex02.a", sizes=(1, 2))


def run_of(seconds: dict[Task, float], profile: Profile = "smoke") -> Run:
    records = tuple(Record(case=task.case, outcome="ok", seconds=taken) for task, taken in seconds.items())
    return Run(
        schema=2, id="r", created="", command=(), profile=profile, devices=("cpu",), seeds=(0,), data="",
        environment=HERE, records=records,
    )  # fmt: skip


def test_a_case_takes_as_long_as_in_the_newest_run_that_has_it() -> None:
    task, other, *_ = PLAN.tasks
    estimate = from_runs([run_of({task: 7.0}), run_of({task: 70.0, other: 9.0})], "smoke")
    assert estimate(task) == 7.0
    assert estimate(other) == 9.0


def test_a_case_that_nobody_has_seen_takes_what_its_part_does_else_what_is_usual() -> None:
    a, b, *_, unseen = PLAN.tasks
    estimate = from_runs([run_of({a: 4.0})], "smoke")
    assert estimate(b) == 4.0
    assert estimate(unseen) == usual("smoke")(unseen) == USUAL["smoke"]


def test_another_profile_says_nothing() -> None:
    task = PLAN.tasks[0]
    assert from_runs([run_of({task: 4000.0}, "full")], "smoke")(task) == USUAL["smoke"]


def test_the_records_of_variants_have_the_seconds_of_their_case_once() -> None:
    task = PLAN.tasks[2]
    run = run_of({task: 10.0})
    records = [
        replace(run.records[0], case=replace(task.case, variant=name), seconds=s)
        for name, s in (("a", 9.0), ("b", 10.0))
    ]
    assert from_runs([replace(run, records=tuple(records))], "smoke")(task) == 10.0


def test_a_case_that_was_skipped_or_is_absurd_costs_its_process_all_the_same() -> None:
    skipped, absurd, *_ = PLAN.tasks
    estimate = from_runs([run_of({skipped: 0.0, absurd: -1e9})], "smoke")
    assert estimate(skipped) == estimate(absurd) == LEAST
