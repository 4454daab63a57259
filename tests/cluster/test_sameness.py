"""What a machine must have as the one for which a run was planned, and what may be another's."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from bench.cluster.fitness import unfit
from bench.cluster.sameness import missed
from bench.execute.inquiries import Seen
from bench.model import SCHEMA, Environment, Plan

THERE = Environment(
    python="3.11.7",
    torch="2.14.1",
    platform="Linux",
    cpu="a cpu",
    cores=2,
    memory=2**34,
    threads=1,
    commit="c" * 40,
    packages={"numpy": "2.0", "msgspec": "0.19"},
    host="n0",
)
DATA = MappingProxyType({"iris": "1" * 64, "mnist": "2" * 64})
PLAN = Plan(
    schema=SCHEMA,
    id="r",
    created="",
    command=(),
    profile="full",
    devices=("cpu",),
    seeds=(0,),
    data="full",
    threads=1,
    timeout=None,
    environment=THERE,
    exercises=(),
    broken=(),
    tasks=(),
    data_digests=dict(DATA),
)


def told(data: Mapping[str, str] = DATA, **other: Any) -> list[str]:
    return list(missed(PLAN, Seen(("cpu",), replace(THERE, **other), dict(data))))


def test_machines_that_measure_for_themselves_may_differ() -> None:
    other = {"cpu": "another", "cores": 64, "memory": 1, "gpu": "H200", "driver": "1", "host": "n1", "gpu_id": "GPU-1"}
    assert told(**other) == []


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"torch": "1.0"}, "torch 1.0, the run was planned with 2.14.1"),
        ({"python": ""}, "python none, the run was planned with 3.11.7"),
        ({"packages": {"numpy": "1.9"}}, "numpy 1.9, the run was planned with 2.0"),
        ({"packages": {}}, "numpy none, the run was planned with 2.0"),
        ({"packages": {"numpy": "2.0", "scipy": "1"}}, "scipy 1, the run was planned with none"),
        ({"commit": "d" * 40}, "commit dddddddddddd…, the run was planned with cccccccccccc…"),
    ],
)
def test_another_version_of_what_computes_is_named(other: dict[str, Any], words: str) -> None:
    assert told(**other) == [words]


def test_what_only_stores_may_be_another_and_a_commit_may_be_unknown() -> None:
    assert told(packages={"numpy": "2.0", "msgspec": "0.20"}, commit="") == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"mnist": "3" * 64}, "data mnist SHA-256 333333333333…, the run was planned with SHA-256 222222222222…"),
        ({"mnist": ""}, "data mnist none, the run was planned with SHA-256 222222222222…"),
        ({"mnist": "unreadable"}, "data mnist unreadable, the run was planned with SHA-256 222222222222…"),
        ({"cifar10": "4" * 64}, "data cifar10 SHA-256 444444444444…, the run was planned with none"),
    ],
)
def test_other_data_is_named(data: dict[str, str], words: str) -> None:
    assert told({**DATA, **data}) == [words]


def test_a_plan_that_says_nothing_of_data_asks_for_none() -> None:
    assert list(missed(replace(PLAN, data_digests={}), Seen(("cpu",), THERE, dict(DATA)))) == []


def test_data_of_which_only_the_end_differs_is_named() -> None:
    assert len(told({**DATA, "mnist": "2" * 63 + "3"})) == 1


def test_a_shard_is_refused_for_it_in_a_line_with_the_machines_name() -> None:
    seen = Seen(("cpu",), replace(THERE, host="n1", torch="1.0"), {"iris": "1" * 64})
    assert unfit(PLAN, "cpu", seen, []) == (
        "n1 has torch 1.0, the run was planned with 2.14.1; "
        "data mnist none, the run was planned with SHA-256 222222222222…"
    )
