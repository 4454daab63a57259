"""What may be said of a race: ends in words, runs that differ, references, and when rounds are enough."""

import math
from dataclasses import replace
from typing import Any

import pytest

from bench.analysis import families, races
from bench.model import (
    Case,
    Environment,
    ExerciseInfo,
    Observation,
    PartInfo,
    Record,
    Run,
    Sample,
    Task,
    Trial,
    VariantResult,
)

PART = PartInfo(id="a", title="t", kind="race", target="loss ≤ 1", limit=9)


def trial(end: Any = "reached", steps: int = 5, **more: Any) -> Trial:
    return Trial(**{"end": end, "steps": steps, "evaluations": steps, "best": 0.5, "seconds": 2.0} | more)


def record(name: str = "SGD", *trials: Trial, seed: int = 0, **more: Any) -> Record:
    case = Case(exercise="ex01", part="a", device="cpu", seed=seed, variant=name)
    return Record(**{"case": case, "outcome": "ok", "trials": trials} | more)


def observation(round: int, kind: Any = "race", **trials: Trial | None) -> Observation:
    """Each method took as many seconds as steps, and a little more in every round."""
    task = Task(kind, Case(exercise="ex01", part="a", device="cpu", seed=0), round)
    results = {
        name: VariantResult(trials=(of_one,), samples=samples(round, of_one))
        if of_one
        else VariantResult(outcome="failed")
        for name, of_one in trials.items()
    }
    return Observation(task=task, outcome="ok", variants=results)


def samples(round: int, of_one: Trial) -> tuple[Sample, ...]:
    seconds = of_one.steps * (1 + 0.01 * round * of_one.steps)
    return (Sample(round=round, calls=1, seconds=seconds, laps=(seconds,)),) if of_one.is_reached else ()


def test_runs_that_went_alike_are_one_trial() -> None:
    found = races.merged([trial(), trial(seconds=9.0, runs=4), trial(steps=6), trial(evaluations=10), trial("limit")])
    assert [(each.end, each.steps, each.evaluations, each.runs) for each in found] == [
        ("reached", 5, 5, 5),
        ("reached", 6, 6, 1),
        ("reached", 5, 10, 1),
        ("limit", 5, 5, 1),
    ]
    assert found[0].seconds == 2.0
    assert races.merged([]) == ()


@pytest.mark.parametrize(
    ("trials", "words", "arrives"),
    [
        ([], "did not run", False),
        ([trial()], "reached", True),
        ([trial(), trial(steps=6)], "reached", True),
        ([trial("limit", 4000)], "not in 4,000 steps", False),
        ([trial("limit", 1)], "not in 1 step", False),
        ([trial("diverged", 12)], "diverged at step 12", False),
        ([trial("over", 3)], "over after 3 steps, not reached", False),
        ([trial("limit", runs=2), trial(runs=7)], "reached in 7 of 9 runs", False),
    ],
)
def test_an_end_in_words(trials: list[Trial], words: str, arrives: bool) -> None:
    assert races.in_words(trials) == words
    assert races.arrives(trials) == arrives


def test_what_differs_from_run_to_run_is_noted() -> None:
    assert races.note([trial(runs=9)]) == ""
    assert "5 to 7 steps in 3 runs from one seed" in races.note([trial(runs=2), trial(steps=7)])
    assert "5 to 10 evaluations in 2 runs" in races.note([trial(), trial(evaluations=10)])
    assert "other ends in 2 runs" in races.note([trial(), trial("limit")])


def test_a_race_without_a_winner_has_failed() -> None:
    lost = (record("a", trial("limit")), record("b", trial("diverged", best=None)), record("c", outcome="skipped"))
    a, b, c = races.judged(lost)
    assert (a.outcome, b.outcome, c.outcome) == ("failed", "failed", "skipped")
    assert (
        a.reason == "no method reached the target; this one: not in 5 steps (best: 0.5). Raise limit=, or ease target="
    )
    assert "best" not in b.reason
    won = (*lost, record("d", trial()))
    assert races.judged(won) == won
    assert races.judged((record("no race"),)) == (record("no race"),)


def test_who_has_missed_twice_is_without_hope_unless_it_once_arrived() -> None:
    seen = [observation(round, a=trial("limit"), b=trial(), c=trial("over"), d=None) for round in range(2)]
    assert races.hopeless(seen[:1]) == frozenset()
    assert races.hopeless(seen) == {"a", "c"}
    assert races.hopeless([*seen, observation(2, a=trial())]) == {"c"}


def test_the_reference_is_the_declared_one_or_the_first_that_ran() -> None:
    records = [record("broken", outcome="failed"), record("first", trial()), record("second", trial())]
    assert races.reference_of(PART, records) == "first"
    assert races.reference_of(replace(PART, reference="second"), records) == "second"
    assert races.reference_of(PartInfo(id="a", title="t", kind="comparison"), records) is None
    assert races.reference_of(PART, []) is None


def test_rounds_go_on_until_every_ratio_of_those_that_arrive_is_narrow() -> None:
    two = [observation(round, a=trial(), b=trial(steps=6), c=trial("limit")) for round in range(2)]
    assert races.widest(two[:1], None) == math.inf
    assert 0 < races.widest(two, None) < math.inf
    assert races.widest(two, "b") == pytest.approx(races.widest(two, "a"))
    assert races.widest(two, "c") == 0.0
    assert races.widest([observation(round, a=trial()) for round in range(2)], "a") == 0.0
    assert races.widest([], None) == 0.0
    failed = [replace(each, variants={"z": VariantResult(outcome="failed")} | each.variants) for each in two]
    assert races.widest(failed, None) == races.widest(two, None), "the first that ran is the reference"


def timed(name: str, factor: float, spread: float) -> Record:
    laps = [Sample(round=r, calls=1, seconds=factor, laps=(factor * (1 + spread * r),)) for r in range(5)]
    return record(name, trial(), samples=tuple(laps))


def test_races_stand_in_the_family_of_their_run_and_no_ratio_of_theirs_is_doubted() -> None:
    environment = Environment(python="", torch="", platform="", cpu="", cores=1, memory=1, threads=1)
    records = (timed("SGD", 1000.0, 1e-4), timed("Newton", 1.0, 0.0))
    run = Run(
        schema=1,
        id="r",
        created="",
        command=(),
        profile="quick",
        devices=("cpu",),
        seeds=(0,),
        data="",
        environment=environment,
        exercises=(ExerciseInfo(id="ex01", title="t", parts=(PART,)),),
        records=records,
    )
    ((found, ratio),) = families.pairs(run)
    assert found.case.variant == "Newton"
    assert ratio.centre > 900
    assert families.of_run(run) == {}
