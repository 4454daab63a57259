"""The verdicts of a run are those of one family."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.analysis import comparisons, families, statistics
from bench.analysis.families import ALONE, Standing, holm
from bench.model import Case, Environment, ExerciseInfo, PartInfo, Record, Run, Sample, Work

PART = PartInfo(id="a", title="Speed", kind="comparison", reference="reference")


def record(variant: str, logs: list[float], number: int = 0, work: Work | None = None) -> Record:
    """Rounds of one lap; ``logs`` are those of seconds a call."""
    case = Case(exercise="ex01", part="a", device="cpu", seed=0, parameters={"n": number}, variant=variant)
    samples = tuple(
        Sample(round=round, calls=1, seconds=math.exp(log), laps=(math.exp(log),)) for round, log in enumerate(logs)
    )
    return Record(case=case, outcome="ok", samples=samples, work=work)


def run_of(logs: list[list[float]]) -> Run:
    """One case for each list: a variant that is so much faster in each round."""
    records = [
        each
        for number, faster in enumerate(logs)
        for each in (
            record("reference", [0.0] * len(faster), number),
            record("v", [-log for log in faster], number),
        )
    ]
    exercise = ExerciseInfo(id="ex01", title="x", parts=(PART,))
    place = Environment(python="3", torch="2", platform="p", cpu="c", cores=2, memory=1, threads=1)
    return Run(
        schema=1,
        id="r",
        created="2026-01-01",
        command=("bench", "run"),
        profile="quick",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        environment=place,
        exercises=(exercise,),
        records=tuple(records),
    )


def test_holms_procedure_on_a_table_worked_by_hand() -> None:
    # 0.01 ≤ 0.05/4, 0.015 ≤ 0.05/3, 0.03 > 0.05/2: there it stops, though 0.04 ≤ 0.05/1.
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.015}, 0.05) == {"a", "d"}
    assert holm({"a": 0.02, "b": 0.9}, 0.05) == {"a"}
    assert holm({"a": 0.03, "b": 0.9}, 0.05) == frozenset()
    assert holm({}, 0.05) == frozenset()


def test_a_difference_by_itself_may_be_chance_among_many() -> None:
    weak, strong, none = [0.03, 0.01, 0.05, 0.02, 0.04], [0.70, 0.69, 0.69, 0.70, 0.69], [0.01, -0.01, 0.01, -0.01, 0.0]
    run = run_of([weak, strong, *[none] * 30])
    family = families.of_run(run)
    assert family == {record("v", weak, 0).case: Standing(among=32)}
    rows = [group.rows[1] for group in comparisons.groups(PART, run.records, family)]
    verdicts = [row.ratio.verdict for row in rows if row.ratio]
    assert verdicts[:3] == ["maybe chance", "faster", "no change detected"]
    assert rows[0].ratio_words == "1.03 ± 0.02 times faster, or chance: one of 32 ratios"
    by_itself = comparisons.groups(PART, run.records)[0].rows[1].ratio
    assert rows[0].ratio is not None
    assert by_itself is not None
    assert (by_itself.low, by_itself.high) == (rows[0].ratio.low, rows[0].ratio.high), "the interval is as it was"
    assert by_itself.verdict == "faster"


def test_slower_may_be_chance_too() -> None:
    run = run_of([[-0.03, -0.01, -0.05, -0.02, -0.04], *[[0.01, -0.01, 0.0, 0.01, -0.01]] * 30])
    row = comparisons.groups(PART, run.records, families.of_run(run))[0].rows[1]
    assert row.ratio_words == "1.03 ± 0.02 times slower, or chance: one of 31 ratios"


def test_one_round_is_no_member_and_a_single_ratio_is_judged_by_itself() -> None:
    weak = [0.03, 0.01, 0.05, 0.02, 0.04]
    assert families.of_run(run_of([weak, *[[0.1]] * 30])) == {}
    assert families.of_run(run_of([])) == {}


def test_what_is_doubted_is_said_beside_the_verdict() -> None:
    far = math.log(690)
    run = run_of([[far, far + 0.01, far - 0.01, far, far]])
    (group,) = comparisons.groups(PART, run.records, families.of_run(run))
    words = group.rows[1].ratio_words
    assert words == "690 ± 7 times faster: more than any machine explains; look at what it computes"


def test_no_standing_changes_nothing() -> None:
    ratio = statistics.Ratio(centre=2.0, low=1.9, high=2.1, rounds=5, verdict="faster")
    assert ALONE.judged(ratio) is ratio
    assert Standing(among=3).judged(None) is None


@pytest.mark.parametrize("ratios", [10, 285])
def test_runs_of_equal_times_have_no_verdict_in_96_of_100(ratios: int) -> None:
    """Simulated: 2,000 runs of six rounds each."""
    from scipy.special import stdtr

    rng, rounds, runs = np.random.default_rng(3), 6, 2000
    logs = rng.normal(0, 0.01, (runs, ratios, rounds))
    t = np.abs(logs.mean(-1)) / (logs.std(-1, ddof=1) / math.sqrt(rounds))
    p = 2 * stdtr(rounds - 1, -t)
    false = sum(bool(holm(dict(enumerate(of_run)), 0.04)) for of_run in p)
    assert 0.02 < false / runs < 0.055
