"""Exercises that were broken join a run that is gone on with, under what it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.catalogue import Listing
from bench.execute import mending, plan
from bench.execute import session as sessions
from bench.execute.messages import Described, Message, Offer, Order, Probe, Surveyed
from bench.execute.plan import Request
from bench.model import Broken, Description, Guest, Observation, PartDescription, Plan, SourceFile
from bench.results import journal, store
from tests.execute.double import Double

IDS = ("ex01", "ex02", "ex03")
LISTINGS = tuple(
    Listing(id=id, title=id, tags=(), module=f"m.{id}", path=Path(f"/none/{id}.py"), distribution="d") for id in IDS
)
BROKEN = Broken("ex02", "its import crashes: died of SIGKILL (Killed)")
PARTS = (
    PartDescription(id="a", title="A", kind="study", parameters={"n": 1}),
    PartDescription(id="a.speed", title="A", kind="comparison", reference="r", parameters={"n": (1, 2)}),
    PartDescription(id="b", title="B", kind="study"),
)
Told = dict[str, Message]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))


def children(told: Told) -> Double:
    """Describe each exercise as ``told``, soundly otherwise, and do every task well."""

    def answer(order: Order) -> Message:
        if order.kind == "describe":
            return told.get(order.exercise, Described(Description(parts=PARTS), {}))
        if order.kind == "survey":
            offers = tuple(Offer(each.exercise, each.part, ("mine",)) for each in order.questions if each.selected)
            return Surveyed(offers=offers, read={"/mine.py": "0f"})
        if order.kind == "probe":
            return Probe(("cpu",), {})
        assert order.task is not None
        return Observation(task=order.task, outcome="ok")

    return Double(answer)


def made(told: Told, **options: object) -> Plan:
    request = Request(**{"names": IDS, "command": ("bench",), "profile": "smoke"} | options)  # type: ignore[arg-type]
    return plan.make_plan(children(told), LISTINGS, request)


def alike(found: Plan) -> Plan:
    return replace(found, created="")


def again(found: Plan, told: Told | None = None, listings: tuple[Listing, ...] = LISTINGS) -> Plan:
    return mending.looked_at_again(found, listings, children(told or {}), {})


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"names": ("ex01.b", "ex02.a", "ex03")},
        {"names": ("ex02.b", "ex02.a.speed", "ex01")},
        {"only": "comparison", "given": {"n": ("5", "7")}, "seeds": (3, 4), "data": "full", "timeout": 7.0},
        {"files": (SourceFile("/mine.py", "x = 1\n"),)},
    ],
)
def test_a_run_becomes_what_it_would_have_been(options: dict[str, object]) -> None:
    whole, lacking = made({}, **options), made({"ex02": BROKEN}, **options)
    assert lacking.tasks != whole.tasks
    mended = again(store.decode(store.encode(lacking), Plan))
    assert set(mended.guests) == set(whole.guests)
    assert alike(replace(mended, guests=())) == alike(replace(whole, guests=()))


def test_every_exercise_may_have_been_broken() -> None:
    assert alike(again(made({id: Broken(id, "no") for id in IDS}))) == alike(made({}))


def test_what_is_still_broken_says_why_it_is_now() -> None:
    now = Broken("ex02", "SyntaxError: no")
    lacking = made({"ex02": BROKEN, "ex03": Broken("ex03", "no")})
    mended = again(lacking, {"ex02": now})
    assert mended.broken == (now,)
    assert {task.case.exercise for task in mended.tasks} == {"ex01", "ex03"}
    assert again(lacking, {"ex02": BROKEN, "ex03": Broken("ex03", "no")}) == lacking


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"names": ("ex01", "ex02.z")}, "ex02 has no part 'z'"),
        ({"names": ("ex02",), "given": {"m": ("1",)}}, "no selected part has a parameter 'm'"),
        ({"names": ("ex02",), "given": {"n": ("x",)}}, "n is a whole number"),
    ],
)
def test_what_was_asked_for_in_vain_is_a_row(options: dict[str, object], says: str) -> None:
    lacking = made({"ex02": BROKEN}, **options)
    mended = again(lacking)
    assert mended.tasks == lacking.tasks
    (row,) = mended.broken
    assert row.exercise == "ex02"
    assert says in row.reason


@pytest.mark.parametrize(("declared", "secret", "kept"), [("none", "s3cret", "***"), (1, "8675309", 8675309)])
def test_a_secret_is_not_kept_for_the_broken_and_used_once_it_is_given_again(
    declared: str | int, secret: str, kept: str | int
) -> None:
    """A number of a case is what it is; a text has the mask."""
    tells = Described(
        Description(parts=(PartDescription(id="a", title="A", kind="study", parameters={"token": declared}),)), {}
    )
    lacking = made({"ex02": BROKEN}, names=("ex02",), given={"token": (secret,)})
    assert secret.encode() not in store.encode(lacking)
    (task,) = mending.looked_at_again(lacking, LISTINGS, children({"ex02": tells}), {"token=***": secret}).tasks
    assert task.case.parameters == {"token": kept}


def test_a_parameter_that_another_exercise_has_is_not_asked_of_this_one() -> None:
    bare: Message = Described(Description(parts=(PARTS[2],)), {})
    for told in ({"ex02": bare}, {"ex03": bare}):
        lacking = made({"ex02": BROKEN, "ex03": Broken("ex03", "no")}, given={"n": ("4",)})
        assert alike(again(lacking, told)) == alike(made(told, given={"n": ("4",)}))


def test_one_of_which_no_part_is_meant_is_no_row_any_more() -> None:
    bare: Message = Described(Description(parts=(PARTS[2],)), {})
    lacking = made({"ex02": BROKEN}, only="comparison")
    assert alike(again(lacking, {"ex02": bare})) == alike(made({"ex02": bare}, only="comparison"))


def test_what_is_not_known_or_not_here_stays_as_it_was() -> None:
    lacking = made({"ex02": BROKEN})
    for old in (replace(lacking, scope=None), replace(lacking, broken=(Broken("mine.py", "no"),))):
        assert again(old) == old
    assert again(lacking, listings=(LISTINGS[0], LISTINGS[2])) == lacking


def test_a_guest_of_a_mended_exercise_comes_with_it() -> None:
    files = (SourceFile("/mine.py", "x = 1\n"),)
    mended = again(made({"ex02": BROKEN}, files=files, names=("ex02",)))
    assert mended.guests == (Guest(source="/mine.py", exercise="ex02", part="a.speed", offered="mine", name="mine"),)
    assert mended.code == {"/mine.py": "0f"}


Reopen = Callable[..., sessions.Session]


@pytest.fixture
def reopen(tmp_path: Path, listener: SimpleNamespace) -> Reopen:
    def reopen(double: Double) -> sessions.Session:
        return sessions.reopen(tmp_path, LISTINGS, executor=double, listener=listener, measured=lambda record: None)

    return reopen


@pytest.fixture
def lacking(tmp_path: Path, listener: SimpleNamespace) -> sessions.Session:
    """A run of which one exercise was broken, and the others are done."""
    found = made({"ex02": BROKEN}, only="study")
    session = sessions.begin(found, tmp_path, executor=children({}), listener=listener, measured=lambda record: None)
    assert [record.case.exercise for record in session.run().records] == ["ex01", "ex01", "ex03", "ex03"]
    return session


def test_a_resumed_run_has_the_mended_exercise_where_it_belongs(
    lacking: sessions.Session, reopen: Reopen, tmp_path: Path, listener: SimpleNamespace
) -> None:
    double = children({})
    run = reopen(double).run()
    assert [record.case.exercise for record in run.records] == ["ex01", "ex01", "ex02", "ex02", "ex03", "ex03"]
    assert (run.broken, [each.id for each in run.exercises]) == ((), list(IDS))
    assert [order.task.case.exercise for order in double.orders if order.task] == ["ex02", "ex02"]
    assert listener.said == ["looking again at what was broken: ex02 …"]
    assert store.read(tmp_path) == run


def test_it_is_part_of_the_run_from_then_on(lacking: sessions.Session, reopen: Reopen, tmp_path: Path) -> None:
    """A kill after its first task must not have it described again, perhaps otherwise."""
    session = reopen(children({}))
    session.journal.append(Observation(task=session.plan.tasks[2], outcome="ok"))
    session.journal.close()
    double = children({"ex02": Broken("ex02", "broken again")})
    run = reopen(double).run()
    assert [order.task.case.part for order in double.orders if order.task] == ["b"]
    assert run.finished
    assert len(run.records) == 6
    assert len((tmp_path / journal.JOURNAL).read_bytes().splitlines()) == 1 + 4 + 1 + 2
