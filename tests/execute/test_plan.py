"""From names to cases."""

from pathlib import Path

import pytest

from bench.catalogue import Listing
from bench.errors import Missing, NothingMatched, UsageError
from bench.execute import plan
from bench.model import Description, PartDescription

LISTINGS = tuple(
    Listing(id=id, title=id, tags=(), module=f"m.{id}", path=Path(id), distribution="d") for id in ("ex01", "ex10")
)
PARTS = (
    PartDescription(id="a", title="", kind="study"),
    PartDescription(id="a.speed", title="", kind="comparison", parameters={"n": (1, 2)}),
    PartDescription(id="ab", title="", kind="study", devices=("cuda",)),
)
INFO = Description(parts=PARTS)


def ids(name: str) -> list[str]:
    (selection,) = plan.select([name], LISTINGS)
    return [part.id for part in plan.chosen(selection, INFO)]


def test_an_exercise_is_all_its_parts() -> None:
    assert ids("ex10") == ["a", "a.speed", "ab"]


def test_a_question_is_all_that_belongs_to_it() -> None:
    assert ids("ex10.a") == ["a", "a.speed"]
    assert ids("ex10.a.speed") == ["a.speed"]


def test_only_one_kind_of_parts() -> None:
    (selection,) = plan.select(["ex10.a"], LISTINGS)
    assert [part.id for part in plan.chosen(selection, INFO, "study")] == ["a"]
    assert [part.id for part in plan.chosen(selection, INFO, "comparison")] == ["a.speed"]


def test_the_whole_outranks_a_question_of_it() -> None:
    (selection,) = plan.select(["ex10.a", "ex10"], LISTINGS)
    assert selection.parts == ()


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(NothingMatched, match="did you mean ex10"):
        plan.select(["ex11"], LISTINGS)
    with pytest.raises(NothingMatched, match=r"no part 'z'; it has a, a\.speed, ab"):
        ids("ex10.z")


def test_cases_of_a_part_stand_together_and_skip_other_devices() -> None:
    tasks = list(plan.tasks("ex10", PARTS, ["cpu"], {}, [0, 1], "quick"))
    cases = [(task.kind, task.case.part, task.case.seed, task.case.parameters.get("n")) for task in tasks]
    assert cases == [
        ("study", "a", 0, None),
        ("study", "a", 1, None),
        ("agree", "a.speed", 0, 1),
        ("agree", "a.speed", 0, 2),
        ("agree", "a.speed", 1, 1),
        ("agree", "a.speed", 1, 2),
    ]


def test_devices() -> None:
    assert plan.pick_devices("auto", ["cpu", "cuda"]) == ("cuda",)
    assert plan.pick_devices("all", ["cpu", "cuda"]) == ("cpu", "cuda")
    assert plan.pick_devices("cpu", ["cpu"]) == ("cpu",)
    with pytest.raises(Missing, match="bench doctor"):
        plan.pick_devices("cuda", ["cpu"])
    with pytest.raises(UsageError, match="choose cpu"):
        plan.pick_devices("tpu", ["cpu"])
