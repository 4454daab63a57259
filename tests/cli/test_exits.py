"""The exit code that a run deserves."""

import pytest

from bench.cli.exits import code
from bench.model import SCHEMA, Broken, Case, Claim, Environment, Findings, Outcome, Record, Run

HERE = Environment(python="", torch="", platform="", cpu="", cores=1, memory=1, threads=1)


def record(outcome: Outcome = "ok", *, missing: bool = False, claim: float = 1.0) -> Record:
    findings = Findings(claims=(Claim("c", claim, "equals", 1.0),))
    case = Case(exercise="ex01", part="a", device="cpu", seed=0)
    return Record(case=case, outcome=outcome, missing=missing, findings=findings)


def run(*records: Record, broken: int = 0) -> Run:
    return Run(
        schema=SCHEMA,
        id="x",
        created="now",
        command=("bench",),
        profile="smoke",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        environment=HERE,
        records=records,
        broken=(Broken("ex91", "why"),) * broken,
    )


SOUND, ABSENT, FALSE = record(), record("skipped", missing=True), record(claim=2.0)


@pytest.mark.parametrize(
    ("of", "deserved"),
    [
        (run(), 0),
        (run(SOUND), 0),
        (run(SOUND, record("skipped")), 0),
        (run(SOUND, ABSENT), 3),
        (run(SOUND, ABSENT, broken=1), 4),
        (run(SOUND, FALSE), 1),
        (run(SOUND, record("timeout")), 1),
        (run(ABSENT, FALSE, broken=1), 1),
    ],
    ids=["nothing", "sound", "skipped", "missing", "broken", "a false claim", "too long", "all of them"],
)
def test_the_worst_that_happened_is_the_exit_code(of: Run, deserved: int) -> None:
    assert code(of) == deserved


def test_pages_that_could_not_be_drawn_spoil_a_success_and_nothing_else() -> None:
    assert code(run(SOUND), 2) == 2
    assert code(run(SOUND, ABSENT), 2) == 3
    assert code(run(FALSE), 2) == 1
