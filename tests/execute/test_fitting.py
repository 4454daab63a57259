"""The search for the largest value that fits: against a memory of a known size, and in children that may die."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import catalogue
from bench.analysis.largest import Attempt, Largest
from bench.errors import BenchError
from bench.execute import fitting
from bench.execute.executors.local import LocalExecutor
from bench.execute.fitting import Search
from bench.execute.messages import Message, Order
from bench.execute.plan import Request, make_plan
from bench.model import Observation, Plan, VariantResult
from tests.execute.double import Double

MEGABYTE = 1_000_000


def memory(room: int, value: int) -> Attempt:
    return Attempt(value=value, outcome="ok" if value <= room else "oom")


def searched(values: Sequence[int], attempt: Callable[[int], Attempt]) -> tuple[Largest, list[int]]:
    search = Search(values, attempt)
    return search.run(), [each.value for each in search.tried]


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 700))
def test_it_finds_the_largest_that_fits(first: int, more: int, room: int) -> None:
    values = range(first, first + more + 1)
    found, tried = searched(values, partial(memory, room))
    assert found.value == (None if room < first else min(room, values[-1]))
    assert found.everything_fits == (room >= values[-1])
    assert set(tried) <= set(values)
    if found.value and found.beyond:
        assert found.beyond.value == found.value + 1


def test_it_doubles_and_then_bisects_and_what_it_finds_fits_twice() -> None:
    found, tried = searched(range(1, 1025), partial(memory, 11))
    assert tried == [1, 2, 4, 8, 16, 12, 10, 11, 11]
    assert (found.value, found.beyond) == (11, Attempt(value=12, outcome="oom"))


def test_only_given_values_are_tried_where_there_is_nothing_between() -> None:
    found, tried = searched((1, 10, 100, 1000), partial(memory, 500))
    assert tried == [1, 10, 100, 1000, 100]
    assert found.value == 100


def test_a_wide_range_takes_few_attempts() -> None:
    found, tried = searched(range(1, 2**40), partial(memory, 2**33 + 12345))
    assert found.value == 2**33 + 12345
    assert len(tried) < 75


def test_a_value_that_fits_by_chance_is_not_believed() -> None:
    seen: list[int] = []

    def attempt(value: int) -> Attempt:
        seen.append(value)
        lucky = value == 11 and seen.count(11) == 1
        return Attempt(value=value, outcome="ok" if value <= 10 or lucky else "oom")

    found, tried = searched(range(1, 100), attempt)
    assert found.value == 10
    assert found.beyond == Attempt(value=11, outcome="oom")
    assert tried[-3:] == [11, 11, 10]


def test_a_memory_that_changes_its_mind_for_ever_is_given_up() -> None:
    counted: list[int] = []

    def attempt(value: int) -> Attempt:
        counted.append(value)
        return Attempt(value=value, outcome="ok" if counted.count(value) == 1 and value < 2**19 else "oom")

    searched(range(1, 2**20), attempt)
    assert len(counted) <= fitting.MOST + 1


@pytest.mark.parametrize("outcome", ["failed", "timeout", "disagrees", "skipped"])
def test_whatever_else_goes_wrong_ends_it(outcome: str) -> None:
    def attempt(value: int) -> Attempt:
        return Attempt(value=value, outcome="ok" if value < 8 else outcome, reason="why")

    found, tried = searched(range(1, 100), attempt)
    assert tried == [1, 2, 4, 8]
    assert (found.value, found.stopped) == (4, Attempt(value=8, outcome=outcome, reason="why"))
    assert not found.everything_fits


def test_it_ends_in_the_middle_too() -> None:
    def attempt(value: int) -> Attempt:
        return Attempt(value=value, outcome="failed" if value == 12 else memory(11, value).outcome)

    found, _ = searched(range(1, 100), attempt)
    assert found.stopped is not None
    assert (found.value, found.stopped.value) == (8, 12)


def planned(executor: LocalExecutor, name: str, memory: int | None = None, **given: str) -> Plan:
    texts = {name: (text,) for name, text in given.items()}
    request = Request(names=[name], command=(), profile="smoke", device="cpu", given=texts)
    return replace(make_plan(executor, catalogue.listings(), request), memory=memory)


def test_a_known_law_of_memory_gives_the_value_that_fits(executor: LocalExecutor) -> None:
    from trial_exercises.ex87_grows import EACH, HELD

    # 4 · (HELD + EACH · n) bytes: 58 MB have room for n = 135, and not for twice as many bytes.
    plan, said = planned(executor, "ex87.a", 58 * MEGABYTE, k="1"), list[str]()
    found = fitting.of_plan(plan, "n", range(125, 145), executor=executor, say=said.append)
    assert found["takes"].value == pytest.approx((58 * MEGABYTE // 4 - HELD) // EACH, abs=5)
    assert found["takes"].beyond is not None
    assert found["takes twice"].value is None
    assert all(each.stopped is None for each in found.values())
    assert said[0] == "  takes, n=125: fits"
    assert said[-1] == "  takes twice, n=125: oom"


def test_a_child_that_dies_of_something_else_ends_the_search(executor: LocalExecutor) -> None:
    found = fitting.of_plan(planned(executor, "ex87.b"), "n", range(1, 100), executor=executor, say=lambda _: None)
    stopped = found["one"].stopped
    assert stopped is not None
    assert (found["one"].value, stopped.value, stopped.reason) == (4, 8, "ValueError: 8 is more than 5")


@pytest.mark.parametrize(
    ("outcome", "line"),
    [("failed", "failed: why$"), ("oom", "oom: why; allow more by --memory, or begin lower$")],
)
def test_a_part_that_cannot_be_set_up_is_one_line(executor: LocalExecutor, outcome: Any, line: str) -> None:
    def answer(order: Order) -> Message:
        assert order.task is not None
        return Observation(task=order.task, outcome=outcome, reason="why")

    with pytest.raises(BenchError, match=rf"ex87\.b n=1 on cpu cannot be set up: {line}"):
        fitting.of_plan(planned(executor, "ex87.b"), "n", range(1, 9), executor=Double(answer), say=lambda _: None)


def test_a_parameter_that_is_a_float_is_handed_floats(executor: LocalExecutor) -> None:
    def answer(order: Order) -> Message:
        assert order.task is not None
        return Observation(task=order.task, outcome="ok", variants={"one": VariantResult()})

    plan, double = planned(executor, "ex87.b"), Double(answer)
    case = replace(plan.tasks[0].case, parameters={"n": 1.0})
    plan = replace(plan, tasks=(replace(plan.tasks[0], case=case),), memory=7)
    fitting.of_plan(plan, "n", range(1, 3), executor=double, say=lambda _: None)
    assert {order.kind for order in double.orders} == {"fit"}
    assert {order.memory for order in double.orders} == {7}
    assert all(order.devices == ("cpu",) for order in double.orders)
    values = [order.task.case.parameters["n"] for order in double.orders if order.task]
    assert [(type(value), value) for value in values] == [(float, 1.0), (float, 1.0), (float, 2.0)]


def test_the_most_is_told_of_each_variant_and_none_at_all_is_one_line() -> None:
    found = {"a": Largest(value=3), "b": Largest(value=9), "c": Largest(value=None)}
    assert fitting.most(found, "n", "1GB") == {"a": 3, "b": 9, "c": None}
    with pytest.raises(BenchError, match="c: not even n fits into 1GB; allow more"):
        fitting.most({"c": Largest(value=None)}, "n", "1GB")
    stopped = Largest(value=None, stopped=Attempt(value=1, outcome="failed", reason="why"))
    with pytest.raises(BenchError, match=r"^c: nothing fitted so far; stopped at n 1: why$"):
        fitting.most({"c": stopped}, "n", "1GB")


def test_the_room_in_words(executor: LocalExecutor) -> None:
    assert fitting.room(planned(executor, "ex87.b", 2**31)) == "the 2 GiB that were free"
    assert fitting.room(planned(executor, "ex87.b")) == "the memory of cpu"
