from dataclasses import fields, replace
from typing import Any, get_type_hints

import pytest

from bench.model import (
    Agreement,
    Band,
    Case,
    Curve,
    DataSource,
    Findings,
    Memory,
    Observation,
    PartInfo,
    Peak,
    Plan,
    Record,
    Run,
    Sample,
    Table,
    Trial,
)
from bench.results import bounds

CASE = Case(exercise="ex01", part="a", device="cpu", seed=0)
GOOD = Sample(round=0, calls=1, seconds=0.0)
CURVE = Curve(name="c", x=(0.0, 1.0), y=(0.0, 1.0))


def test_what_a_machine_measures_is_taken(run: Run, plan: Plan, observations: tuple[Observation, ...]) -> None:
    assert not bounds.wrong(run)
    assert not bounds.wrong(plan)
    assert not any(map(bounds.wrong, observations))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"seconds": 1e308}, "records[1].seconds is 1e+308, of at most 1e+10"),
        ({"samples": (GOOD, replace(GOOD, calls=0))}, "records[1].samples[1].calls is 0, of at least 1"),
        ({"samples": (replace(GOOD, calls=10**400),)}, "records[1].samples[0].calls is a number of 1329 bits"),
        ({"samples": (replace(GOOD, seconds=-1.0),)}, "records[1].samples[0].seconds is -1.0, of at least 0"),
        ({"samples": (replace(GOOD, gpu_seconds=1e11),)}, "records[1].samples[0].gpu_seconds is 100000000000.0"),
        ({"samples": (replace(GOOD, laps=(1.0, -1.0)),)}, "records[1].samples[0].laps has -1.0, of at least 0"),
        ({"memory": Memory((1, -5), 0, "psutil")}, "records[1].memory.peaks has -5, of at least 0"),
        ({"memory": Memory((1,), -1, "psutil")}, "records[1].memory.baseline is -1"),
        ({"agreement": Agreement(error=-1.0, allowed=1.0, reference_error=0.0, dtype="float32")}, "agreement.error"),
        (
            {"trials": (Trial(end="limit", steps=-3, evaluations=0, best=None, seconds=0.0),)},
            "trials[0].steps is -3",
        ),
        ({"case": replace(CASE, parameters={"n": (1, 10**400)})}, "case.parameters['n'] is a number of 1329 bits, too"),
    ],
)
def test_what_no_machine_gives_is_refused_by_its_place(run: Run, changes: dict[str, Any], place: str) -> None:
    absurd = replace(run, records=(run.records[0], replace(run.records[1], **changes)))
    assert place in bounds.wrong(absurd)
    assert bounds.wrong(absurd).startswith("records[1].")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"curves": (replace(CURVE, y=(1.0,)),)}, "curves[0].x has 2 points and .y has 1"),
        (
            {"curves": (replace(CURVE, band=Band(x=(1.0,), mean=(1.0,), low=(), high=(1.0,))),)},
            "curves[0].band has stretches of unequal number: 1, 1, 0, 1",
        ),
        ({"curves": (replace(CURVE, thinned_from=-1),)}, "curves[0].thinned_from is -1"),
        ({"tables": (Table("t", ("a", "b"), ((1, 2), (1,))),)}, "tables[0].rows[1] has 1 cells for 2 columns"),
        ({"tables": (Table("t", ("a",), ((10**400,),)),)}, "tables[0].rows has a number of 1329 bits"),
        ({"data": (DataSource(name="d", source="s", sha256="", sizes={"train": -1}),)}, "data[0].sizes has -1"),
    ],
)
def test_findings_that_do_not_fit_are_refused(found: dict[str, Any], words: str) -> None:
    observation = Record(case=CASE, outcome="ok", findings=Findings(**found))
    assert bounds.wrong(observation).startswith(f"findings.{words}")


def test_the_numbers_around_the_records_are_looked_at_too(run: Run) -> None:
    peak = Peak(device="cpu", flops=0.0, bandwidth=1.0, threads=1, array=1)
    assert bounds.wrong(replace(run, peaks=(peak,))).startswith("peaks[0].flops is 0.0")
    assert bounds.wrong(replace(run, seeds=(10**30,))).startswith("seeds has a number")
    assert bounds.wrong(replace(run, environment=replace(run.environment, memory=-1))).startswith("environment.memory")
    part = PartInfo(id="a", title="A", kind="race", limit=-1)
    exercise = replace(run.exercises[0], parts=(part,))
    assert bounds.wrong(replace(run, exercises=(exercise,))) == "exercises[0].parts[0].limit is -1, of at least 0"


@pytest.mark.parametrize("kind", [*bounds.BOUNDS, *bounds.INSIDE])
def test_every_name_is_a_field(kind: type) -> None:
    """And each number of a value that is looked at has bounds, is a finding that may be any number, or has its own."""
    names = {field.name for field in fields(kind)}
    assert set(bounds.BOUNDS.get(kind, ())) | set(bounds.INSIDE.get(kind, ())) <= names
    hints = get_type_hints(kind)
    numbers = {name for name in names if hints[name] in (int, float, int | None, float | None)}
    free = {"schema", "found", "expected", "best"}
    assert numbers - free <= set(bounds.BOUNDS.get(kind, ()))
