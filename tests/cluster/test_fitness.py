"""A machine that is not what the plan was made with does nothing of it, and says why."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.cluster.fitness import unfit
from bench.execute import provenance
from bench.execute.inquiries import Seen
from tests.cluster.doubles import LISTINGS, place, plan_of

PLAN = plan_of("ex01.a", "ex02.a.speed")
FIT = Seen(("cpu",), place("n1"))


def test_another_processor_of_the_same_kind_of_bench_is_fit() -> None:
    there = place("n1", cpu="another", cores=64, memory=1, gpu="H200", packages={"msgspec": "3"})
    assert unfit(PLAN, "cpu", Seen(("cpu", "cuda"), there), LISTINGS) == ""
    assert unfit(PLAN, "cuda", Seen(("cpu", "cuda"), there), LISTINGS) == ""


@pytest.mark.parametrize(
    ("seen", "device", "why"),
    [
        (FIT, "cuda", "n1 has no cuda device"),
        (Seen(("cpu",), place("n1", torch="1.0")), "cpu", "n1 has torch 1.0, the run was planned with 2.14.1"),
        (Seen(("cpu",), place("", torch="")), "cpu", "the machine has torch none, the run was planned with 2.14.1"),
        (
            Seen(("cpu",), place("n1", torch="1.0", python="3.12.0")),
            "cuda",
            "n1 has no cuda device; torch 1.0, the run was planned with 2.14.1; python 3.12.0, the run was planned "
            "with 3.11.7",
        ),
    ],
)
def test_what_is_not_the_same_is_named(seen: Seen, device: str, why: str) -> None:
    assert unfit(PLAN, device, seen, LISTINGS) == why


def test_an_exercise_that_is_not_there_is_named() -> None:
    plan = replace(PLAN, code={"plugin/ex02.py": "ab"})
    assert unfit(plan, "cpu", FIT, LISTINGS[:1]) == "n1 has no exercise ex02"


def test_code_that_is_another_is_named(tmp_path: Path) -> None:
    listings = []
    for listing in LISTINGS:
        (tmp_path / listing.path).write_text("x = 1\n")
        listings.append(replace(listing, path=tmp_path / listing.path))
    plan = replace(PLAN, code=provenance.of_exercises(listings[:2]))
    assert unfit(plan, "cpu", FIT, listings) == ""
    (tmp_path / "ex02.py").write_text("x = 2\n")
    assert unfit(plan, "cpu", FIT, listings) == "n1 has another content of plugin/ex02.py"


def test_of_many_files_a_few_are_named() -> None:
    plan = replace(PLAN, code={f"plugin/ex01/{n}.py": "ab" for n in range(9)})
    words = unfit(plan, "cpu", FIT, LISTINGS)
    assert words.endswith("plugin/ex01/0.py, plugin/ex01/1.py, plugin/ex01/2.py and 6 more")
