"""Very many cases: what each costs is counted, not timed, and is the same in a run of twice as many."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.execute import session as sessions
from bench.execute.messages import Message, Order
from bench.model import (
    SCHEMA,
    Case,
    Claim,
    ExerciseInfo,
    Findings,
    Kind,
    Observation,
    PartInfo,
    Plan,
    Run,
    Task,
    VariantResult,
)
from bench.results import environment, journal, store
from tests.counting import calls_of, peak_of
from tests.execute.double import Double

FEW, MANY = 20, 40
CALLS_A_CASE = {"study": 780, "comparison": 4_600}
"""Of Python functions, planning and reading aside: about a third more than were counted."""
BYTES_A_CASE = {"study": 4_500, "comparison": 18_000}


def well(order: Order) -> Message:
    task = order.task
    assert task is not None
    if task.kind == "study":
        return Observation(task=task, outcome="ok", findings=Findings(claims=(Claim("c", 1.0, "equals", 1.0),)))
    names = [task.case.variant] if task.case.variant else ["ours", "theirs"]
    return Observation(task=task, outcome="ok", variants={name: VariantResult() for name in names})


def plan_of(kind: Kind, count: int) -> Plan:
    parts = [PartInfo(id=f"p{number}", title="T", kind=kind, reference="ours") for number in range(count)]
    cases = [Case(exercise="ex01", part=part.id, device="cpu", seed=0) for part in parts]
    return Plan(
        schema=SCHEMA,
        id="a-run",
        created="2026-11-28T00:00:00+00:00",
        command=("bench", "run", "ex01"),
        profile="smoke",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        threads=1,
        timeout=60.0,
        environment=environment.gather({}, 1),
        exercises=(ExerciseInfo(id="ex01", title="T", parts=tuple(parts)),),
        broken=(),
        tasks=tuple(Task.first(kind, case) for case in cases),
        modules={"ex01": "plugin.ex01"},
    )


def silent(*_: object) -> None: ...


LISTENER = SimpleNamespace(say=silent, begin=silent, start=silent, heard=silent, done=silent)


def begun(kind: Kind, count: int, folder: Path, known: int = 0) -> sessions.Session:
    """A session; the first ``known`` of its cases are done already."""
    folder.mkdir()
    double, plan = Double(well, 2), plan_of(kind, count)
    session = sessions.begin(plan, folder, executor=double, listener=LISTENER, measured=silent)
    done = [Observation(task=task, outcome="ok") for task in plan.tasks[:known]]
    session.known = done
    session.__post_init__()
    return session


@pytest.mark.parametrize("kind", ["study", "comparison"])
def test_a_case_costs_the_same_calls_in_a_run_of_twice_as_many(kind: Kind, tmp_path: Path) -> None:
    few, many = (calls_of(begun(kind, count, tmp_path / f"{count}").run) for count in (FEW, MANY))
    assert 0 < many - few < (MANY - FEW) * CALLS_A_CASE[kind]
    assert many < 2.01 * few


@pytest.mark.parametrize("kind", ["study", "comparison"])
def test_a_case_keeps_the_same_bytes_in_a_run_of_twice_as_many(kind: Kind, tmp_path: Path) -> None:
    begun(kind, 5, tmp_path / "imports").run()
    few, many = (peak_of(begun(kind, count, tmp_path / f"{count}").run) for count in (FEW, MANY))
    assert 0 < many - few < (MANY - FEW) * BYTES_A_CASE[kind]


def resumed(count: int, folder: Path) -> Run:
    return begun("study", count, folder, known=count - 1).run()


def test_what_is_done_already_is_recalled_once(tmp_path: Path) -> None:
    few, many = (calls_of(partial(resumed, count, tmp_path / f"{count}")) for count in (FEW, MANY))
    assert many < 2.01 * few


def test_a_journal_is_read_once_through(tmp_path: Path) -> None:
    for count in (FEW, MANY):
        begun("study", count, tmp_path / f"{count}").run()
    few, many = (calls_of(partial(journal.read, tmp_path / f"{count}")) for count in (FEW, MANY))
    assert many < 2.01 * few


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["study", "comparison"])
def test_of_thousands_too(kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = (500, 1_000, 2_000)
    calls = [calls_of(begun(kind, count, tmp_path / f"{count}").run) for count in counts]
    sizes = [(tmp_path / f"{count}" / store.RUN).stat().st_size for count in counts]
    with capsys.disabled():
        for count, called, size in zip(counts, calls, sizes, strict=True):
            sys.stdout.write(f"\n{count} {kind}: {called / count:.0f} calls, {size / count:.0f} bytes a case")
    assert calls[2] - calls[1] < 2.05 * (calls[1] - calls[0])
