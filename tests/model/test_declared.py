"""What a part declares, and that nothing of it is lost when the code is."""

import math
from typing import Any

import pytest

from bench import Exercise, Work, by_profile
from bench.model import PartInfo, Profile, value_at


@pytest.mark.parametrize(("profile", "value"), [("smoke", 1), ("quick", 3), ("full", 15)])
def test_a_parameter_by_profile_has_one_value_in_each(profile: Profile, value: int) -> None:
    assert value_at(profile, by_profile(smoke=1, quick=3, full=15)) == value
    assert value_at(profile, (1, 2)) == (1, 2)


def test_a_description_holds_all_that_a_plan_and_a_report_need() -> None:
    exercise = Exercise()
    exercise.comparison(
        "a.speed",
        "Speed",
        reference="plain",
        work=lambda **parameters: Work(1, "images"),
        devices=("cuda",),
        tolerance=0.1,
        epochs=by_profile(smoke=1, quick=2, full=3),
        batch=(1, 8),
    )(lambda lab, **parameters: {})
    (part,) = exercise.parts.values()
    assert part.described.at("quick") == PartInfo(
        id="a.speed",
        title="Speed",
        kind="comparison",
        parameters={"epochs": 2, "batch": (1, 8)},
        in_full={"epochs": 3},
        reference="plain",
        devices=("cuda",),
    )


def test_a_study_and_a_comparison_have_no_target() -> None:
    exercise = Exercise()
    exercise.study("a", "t")(lambda lab: None)
    info = exercise.parts["a"].described.at("full")
    assert (info.target, info.limit) == ("", 0)


def test_work_may_say_its_arithmetic_intensity() -> None:
    assert Work(1, "images", flops=6, bytes=2).intensity == 3.0
    assert Work(1, "images").intensity is None


@pytest.mark.parametrize("wrong", [0, -1.0, math.nan, math.inf, True, "many"])
@pytest.mark.parametrize("name", ["flops", "bytes"])
def test_flops_and_bytes_are_positive_numbers(name: str, wrong: object) -> None:
    counts: dict[str, Any] = {"flops": 1.0, "bytes": 1.0} | {name: wrong}
    with pytest.raises(ValueError, match=f"{name} of a Work is a positive number, not"):
        Work(1, "images", **counts)


def test_one_of_both_is_no_intensity() -> None:
    with pytest.raises(ValueError, match="give bytes too"):
        Work(1, "images", flops=1.0)
    with pytest.raises(ValueError, match="give flops too"):
        Work(1, "images", bytes=1.0)
