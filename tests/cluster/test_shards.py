"""The cut of a plan: every task in one shard, what is compared together, and none of a few seconds but the last."""

from dataclasses import replace
from itertools import pairwise
from math import fsum

from hypothesis import given
from hypothesis import strategies as st

from bench.cluster.shards import Needs, cut
from bench.execute.schedule import group_of
from bench.model import Plan
from tests.cluster.doubles import plan_of, second

PARTS = [f"ex0{n}.{part}" for n in (1, 2, 3) for part in ("a", "a.speed", "b", "b.speed")]
PLANS = st.builds(
    lambda parts, seeds, sizes, devices: plan_of(*parts, seeds=seeds, sizes=range(sizes), devices=devices),
    st.lists(st.sampled_from(PARTS), unique=True),
    st.integers(1, 3),
    st.integers(1, 4),
    st.sampled_from([("cpu",), ("cpu", "cuda")]),
)


@given(PLANS, st.lists(st.floats(0, 100), min_size=96, max_size=96), st.floats(0.1, 120))
def test_a_plan_is_cut_into_shards(plan: Plan, seconds: list[float], at_least: float) -> None:
    taken = dict(zip(plan.tasks, seconds, strict=False))
    shards = cut(plan, lambda task: taken.get(task, 1.0), at_least)
    place = {task: number for number, task in enumerate(plan.tasks)}
    assert sorted(place[task] for shard in shards for task in shard.tasks) == list(range(len(plan.tasks)))
    assert [shard.number for shard in shards] == list(range(len(shards)))
    assert all(place[one.tasks[0]] < place[other.tasks[0]] for one, other in pairwise(shards))
    homes: dict[object, set[int]] = {}
    for shard in shards:
        assert {task.case.device for task in shard.tasks} == {shard.needs.device}
        assert {task.kind != "study" for task in shard.tasks} == {shard.needs.alone}
        assert shard.needs.seconds is not None
        assert abs(shard.needs.seconds - fsum(taken.get(task, 1.0) for task in shard.tasks)) < 1e-6
        for task in shard.tasks:
            if task.kind != "study":
                homes.setdefault(group_of(task), set()).add(shard.number)
    assert all(len(numbers) == 1 for numbers in homes.values()), "what is compared was torn apart"
    short = [shard.needs for shard in shards if (shard.needs.seconds or 0) < at_least * (1 - 1e-9)]
    kinds = [(needs.device, needs.alone) for needs in short]
    assert len(kinds) == len(set(kinds)), "two of a kind would have made one"


def test_a_shard_needs_the_threads_of_the_plan() -> None:
    (shard,) = cut(replace(plan_of("ex01.a"), threads=4), second)
    assert shard.needs == Needs(device="cpu", threads=4, alone=False, seconds=1.0)


def test_a_bundle_is_full_as_soon_as_it_takes_long_enough() -> None:
    plan = plan_of("ex01.a", sizes=range(10))
    assert [len(shard.tasks) for shard in cut(plan, second, 3.0)] == [3, 3, 3, 1]
    assert [len(shard.tasks) for shard in cut(plan, second, 0.0)] == [1] * 10


def test_a_plan_without_tasks_has_no_shards() -> None:
    assert cut(plan_of(), second) == ()


def test_ten_thousand_cases_that_take_no_time_are_one_shard() -> None:
    """A sum that is made anew for every case would take a minute."""
    plan = plan_of("ex01.a", sizes=range(10_000))
    (shard,) = cut(plan, lambda task: 0.0)
    assert len(shard.tasks) == 10_000
