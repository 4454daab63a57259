"""What a sweep is of: one part, one parameter, and one line for whatever else is asked."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.catalogue import Listing
from bench.errors import BenchError, NothingMatched, PluginError, UsageError
from bench.execute import parameters, plan, sweeping
from bench.execute.messages import Described, Message, Order, Probe
from bench.execute.plan import Request, make_plan
from bench.execute.sweeping import Aim
from bench.model import Broken, Description, Follows, Limits, PartDescription, by_profile
from tests.execute.double import Double

LISTINGS = (Listing(id="ex10", title="T", tags=(), module="m.ex10", path=Path("ex10"), distribution="d"),)
PARTS = (
    PartDescription(id="a", title="", kind="study", parameters={"batch": 1}),
    PartDescription(
        id="a.speed",
        title="",
        kind="comparison",
        parameters={
            "batch": (1, 8),
            "optimizer": ("sgd", "adam"),
            "rate": 0.1,
            "width": by_profile(smoke=(2, 4), quick=(8, 16), full=(32, 64)),
            "momentum": 0.9,
            "bias": True,
            "size": 4,
        },
        limits={"batch": Limits(at_least=1), "size": Limits(one_of=(4, 8, 16))},
        follows={"rate": Follows(parameter="optimizer", values={"sgd": 0.1, "adam": 0.01})},
    ),
    PartDescription(id="a.speed.more", title="", kind="comparison", parameters={"batch": 1}),
    PartDescription(id="r", title="", kind="race", parameters={"batch": 1}, target="loss <= 1", limit=3),
)


def answer(order: Order) -> Message:
    if order.kind == "describe":
        return Described(Description(parts=PARTS), {})
    return Probe(("cpu",), {})


def aimed(name: str, *params: str) -> Aim:
    return sweeping.aim(name, parameters.parse(params), LISTINGS, Double(answer), "quick")


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))


def test_one_parameter_varies_and_every_other_has_one_value() -> None:
    aim = aimed("ex10.a.speed", "batch=2^0..2^3", "momentum=0.5")
    assert (aim.name, aim.parameter, aim.values) == ("ex10.a.speed", "batch", (1, 2, 4, 8))
    assert aim.given == {
        "batch": ("1", "2", "4", "8"),
        "optimizer": ("sgd",),
        "width": ("8",),
        "momentum": ("0.5",),
    }
    assert aim.candidates == range(1, 9)


def test_the_plan_has_one_task_a_value_and_only_of_this_part() -> None:
    aim = aimed("ex10.a.speed", "batch=2^0..2^3")
    request = Request(names=[aim.name], command=(), given=aim.given, only="comparison")
    whole = make_plan(Double(answer), LISTINGS, request)
    tasks = aim.narrowed(whole).tasks
    assert [task.case.parameters["batch"] for task in tasks] == [1, 2, 4, 8]
    assert {task.case.part for task in tasks} == {"a.speed"}
    fitting = aim.narrowed(whole, {"small": 5, "large": 2, "none": None}).tasks
    assert [(task.case.parameters["batch"], task.without) for task in fitting] == [
        (1, ("none",)),
        (2, ("none",)),
        (4, ("large", "none")),
    ]


def test_between_values_that_are_the_only_ones_nothing_is_tried() -> None:
    assert aimed("ex10.a.speed", "size=4,8,16").candidates == (4, 8, 16)
    aim = aimed("ex10.a.speed", "batch=1,8")
    part = replace(aim.part, follows={"rate": Follows(parameter="batch", values={"1": 0.1, "8": 0.2})})
    assert replace(aim, part=part).candidates == (1, 8)


@pytest.mark.parametrize(
    ("name", "params", "kind", "words"),
    [
        ("ex10", ["batch=1,2"], UsageError, r"whole exercise, and a sweep is of a comparison: ex10\.a\.speed, ex10"),
        ("ex10.a", ["batch=1,2"], UsageError, r"ex10\.a is a study, and a sweep is of a comparison: ex10\.a\.speed"),
        ("ex10.r", ["batch=1,2"], UsageError, r"ex10\.r is a race, and a sweep is of a comparison"),
        ("ex10.a.sped", ["batch=1,2"], NothingMatched, r"no part 'a\.sped'; did you mean a\.speed"),
        ("ex10.zzz", ["batch=1,2"], NothingMatched, r"no part 'zzz'; a sweep is of a comparison: ex10\.a\.speed"),
        ("ex11.a", ["batch=1,2"], NothingMatched, "did you mean ex10"),
        ("ex10.a.speed", ["batches=1,2"], UsageError, "no selected part has a parameter 'batches'; did you mean batch"),
        ("ex10.a.speed", ["batch=8"], UsageError, "nothing varies: give a parameter of ex10.a.speed a range"),
        ("ex10.a.speed", ["batch=8..8"], UsageError, "one value is no sweep"),
        ("ex10.a.speed", ["batch=8,8"], UsageError, "one value is no sweep"),
        ("ex10.a.speed", ["batch=1,2", "width=1..4"], UsageError, "batch and width vary: a sweep is over one"),
        ("ex10.a.speed", ["optimizer=sgd,adam"], UsageError, r"optimizer of ex10\.a\.speed is no number"),
        ("ex10.a.speed", ["bias=0,1"], UsageError, r"bias of ex10\.a\.speed is no number"),
        ("ex10.a.speed", ["momentum=0.1,0.2"], UsageError, "a sweep has whole numbers"),
        ("ex10.a.speed", ["batch=8..1"], UsageError, r"runs downwards; write 1\.\.8"),
        ("ex10.a.speed", ["batch=1..1000"], UsageError, "more than 100 values"),
    ],
)
def test_whatever_else_is_one_line(name: str, params: list[str], kind: type[BenchError], words: str) -> None:
    with pytest.raises(kind, match=words) as error:
        aimed(name, *params)
    assert "\n" not in str(error.value)


def test_a_value_that_the_part_does_not_allow_is_the_plan_s_to_refuse() -> None:
    aim = aimed("ex10.a.speed", "batch=0..3")
    with pytest.raises(UsageError, match=r"--param batch=0: batch of ex10\.a\.speed is at least 1"):
        make_plan(Double(answer), LISTINGS, Request(names=[aim.name], command=(), given=aim.given, only="comparison"))


def test_a_broken_exercise_is_one_line() -> None:
    double = Double(lambda order: Broken("ex10", "its import crashes"))
    with pytest.raises(PluginError, match="ex10 is broken: its import crashes"):
        sweeping.aim("ex10.a.speed", {"batch": ("1", "2")}, LISTINGS, double, "quick")


def test_a_part_without_a_comparison_says_so() -> None:
    (selection,) = plan.select(["ex10"], LISTINGS)
    asked = plan.Asked(selection, Description(parts=PARTS[:1]))
    with pytest.raises(UsageError, match=r"ex10\.a is a study, and a sweep is of a comparison: it has none"):
        sweeping.part_of("ex10.a", asked)
