"""The reference's answers in float64: computed once, kept for others where there is a folder and no guest."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bench.execute.child import truths
from bench.execute.child.context import TaskContext
from bench.execute.messages import Order
from bench.lab import Lab
from bench.model import Case, Exercise, Guest, Task
from bench.testing import _Silence as Silence

exercise = Exercise(tags=("t",))
made: list[int] = []


@exercise.comparison("a", "squares", reference="square")
def squares(lab: Lab) -> dict[str, object]:
    x = torch.randn(3, generator=lab.generator()).to(lab.dtype)

    def square() -> torch.Tensor:
        made.append(lab.seed)
        return x * x

    return {"square": square}


@pytest.fixture
def context(tmp_path: Path) -> TaskContext:
    made.clear()
    case = Case(exercise="ex", part="a", device="cpu", seed=0)
    order = Order(kind="task", scratch=str(tmp_path))
    return TaskContext(order=order, task=Task("time", case), part=exercise.parts["a"], channel=Silence())


def test_it_is_computed_once_for_each_seed(context: TaskContext) -> None:
    first, again, other = (truths.truth_of(context, seed) for seed in (1, 1, 2))
    assert made == [1, 2]
    assert first["output"].dtype == torch.float64
    assert torch.equal(first["output"], again["output"])
    assert not torch.equal(first["output"], other["output"])


def test_it_is_of_one_case_whatever_its_variant(context: TaskContext) -> None:
    truths.truth_of(context, 1)
    truths.truth_of(replace(context, task=replace(context.task, case=replace(context.case, variant="square"))), 1)
    assert made == [1]
    truths.truth_of(replace(context, task=replace(context.task, case=replace(context.case, part="b"))), 1)
    assert made == [1, 1]


@pytest.mark.parametrize("place", ["", "/nowhere/at/all"])
def test_without_a_folder_it_is_computed_every_time(context: TaskContext, place: str) -> None:
    without = replace(context, order=replace(context.order, scratch=place))
    truths.truth_of(without, 1)
    truths.truth_of(without, 1)
    assert made == [1, 1]


def test_where_there_are_guests_nothing_is_kept_that_they_could_read(context: TaskContext, tmp_path: Path) -> None:
    guest = Guest(source="mine.py", exercise="ex", part="a", offered="mine", name="mine")
    truths.truth_of(replace(context, order=replace(context.order, guests=(guest,))), 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"no truth"])
def test_a_damaged_one_is_computed_anew(context: TaskContext, tmp_path: Path, damage: bytes) -> None:
    truths.truth_of(context, 1)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(damage)
    truths.truth_of(context, 1)
    assert made == [1, 1]


def test_a_large_one_is_not_kept(context: TaskContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truths, "MOST", 8)
    truths.truth_of(context, 1)
    assert list(tmp_path.iterdir()) == []
