"""What an exercise declares, and that nothing of it is lost when the code is."""

import pytest

from bench import Exercise, Work, by_profile
from bench.model import PartInfo, Profile, value_at


def test_decorators_collect_parts_in_order_and_give_the_function_back() -> None:
    exercise = Exercise()

    def run(lab: object) -> None: ...
    def setup(lab: object, batch: int) -> dict[str, object]:
        return {}

    assert exercise.study("b", "A study", epochs=3)(run) is run
    assert exercise.comparison("a.speed", "A comparison", reference="plain", batch=(1, 8))(setup) is setup
    assert list(exercise.parts) == ["b", "a.speed"]
    study, comparison = exercise.parts.values()
    assert (study.kind, study.run, study.parameters, study.reference) == ("study", run, {"epochs": 3}, None)
    assert (comparison.kind, comparison.run, comparison.reference) == ("comparison", setup, "plain")
    assert comparison.parameters == {"batch": (1, 8)}


def test_a_part_is_declared_once() -> None:
    exercise = Exercise()
    exercise.study("a", "One")(lambda lab: None)
    with pytest.raises(ValueError, match="part 'a' is declared twice"):
        exercise.comparison("a", "Another", reference="x")(lambda lab: {})
    assert exercise.parts["a"].title == "One"


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
        reference="plain",
        devices=("cuda",),
    )


def test_a_comparison_that_is_swept_over_nothing_is_refused_where_it_is_declared() -> None:
    with pytest.raises(ValueError, match="swept over n, which has no value"):
        Exercise().comparison("a", "t", reference="x", n=())(lambda lab, n: {})
    Exercise().study("a", "t", n=())(lambda lab, n: None)
