"""The decorators of an exercise: what they collect, and what they refuse."""

import pytest

from bench import Exercise, Work, by_profile
from bench.model import ByProfile
from bench.model.exercise import LIMIT


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


def test_work_is_a_function_of_the_parameters() -> None:
    with pytest.raises(
        TypeError, match=r"work of part 'a' is a function of its parameters, such as lambda batch: Work"
    ):
        Exercise().comparison("a", "t", reference="x", work=Work(8, "rows"))  # type: ignore[arg-type]
    assert not Exercise().parts


def test_a_comparison_that_is_swept_over_nothing_is_refused_where_it_is_declared() -> None:
    with pytest.raises(ValueError, match="swept over n, which has no value"):
        Exercise().comparison("a", "t", reference="x", n=())(lambda lab, n: {})
    Exercise().study("a", "t", n=())(lambda lab, n: None)
    with pytest.raises(ValueError, match="swept over n, which has no value"):
        Exercise().race("a", "t", target="x ≤ 1", n=())(lambda lab, n: {})


def test_a_race_has_a_target_and_a_limit_in_every_profile() -> None:
    exercise = Exercise()
    target = by_profile(smoke="loss <= 2", quick="loss ≤ 1", full="loss ≤ 0.1")
    exercise.race("b.race", "Who is cheaper?", target=target, limit=by_profile(smoke=3, quick=5, full=50), rate=(1, 2))(
        lambda lab, rate: {}
    )
    (part,) = exercise.parts.values()
    assert (part.kind, part.reference, part.described.at("quick").kind) == ("race", None, "race")
    assert [(info.target, info.limit) for info in map(part.described.at, ("smoke", "quick", "full"))] == [
        ("loss ≤ 2", 3),
        ("loss ≤ 1", 5),
        ("loss ≤ 0.1", 50),
    ]
    exercise.race("c", "t", target="loss ≤ 1", reference="SGD")(lambda lab: {})
    assert (exercise.parts["c"].limit, exercise.parts["c"].reference) == (LIMIT, "SGD")


@pytest.mark.parametrize("target", ["loss", "loss = 1", by_profile(smoke="loss ≤ 1", quick="loss", full="loss ≤ 1")])
def test_a_race_to_nowhere_is_refused_where_it_is_declared(target: str | ByProfile) -> None:
    with pytest.raises(ValueError, match="is not such as"):
        Exercise().race("a", "t", target=target)


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, by_profile(smoke=1, quick=0, full=1)])
def test_a_race_without_steps_is_refused_where_it_is_declared(limit: int | ByProfile) -> None:
    with pytest.raises(ValueError, match=r"the limit of part 'a' is .*: give a whole number of steps"):
        Exercise().race("a", "t", target="loss ≤ 1", limit=limit)
