"""--param: what is read, what is refused, what is swept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import by_profile
from bench.errors import BenchError, UsageError
from bench.execute import parameters
from bench.model import Follows, Limits, PartDescription

names = st.from_regex(re.compile(r"[a-z_]\w{0,5}", re.ASCII), fullmatch=True)
values = st.text(st.characters(codec="ascii", exclude_characters=",=", exclude_categories=["C", "Z"]), min_size=1)
PART = PartDescription(
    id="a", title="", kind="comparison", parameters={"batch": (1, 8, 32), "lr": 0.1, "name": "sgd", "bias": True}
)
STUDY = PartDescription(id="a", title="", kind="study", parameters={"sizes": (1, 2), "lr": 0.1})


@given(st.dictionaries(names, st.lists(values, min_size=1, max_size=4), min_size=1, max_size=4), st.booleans())
def test_what_is_written_is_read(given: dict[str, list[str]], together: bool) -> None:
    texts = [f"{name}={','.join(values)}" for name, values in given.items()]
    assert parameters.parse([",".join(texts)] if together else texts) == {k: tuple(v) for k, v in given.items()}


@given(st.lists(st.text(max_size=12), max_size=3))
def test_any_text_is_read_or_refused_in_one_line(texts: list[str]) -> None:
    try:
        parsed = parameters.parse(texts)
    except UsageError:
        return
    assert all(value for values in parsed.values() for value in values)


@pytest.mark.parametrize("text", ["", "batch", "batch=", "=1", "batch=1,,2", "batch=1,", ",batch=1"])
def test_malformed_text_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="name=value"):
        parameters.parse([text])


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="twice"):
        parameters.parse(["batch=1", "batch=2"])


def test_two_paths_after_one_option() -> None:
    assert parameters.parse(["pic1=a.png,pic2=b.png"]) == {"pic1": ("a.png",), "pic2": ("b.png",)}


def test_a_comparison_is_swept_over_its_tuples() -> None:
    swept = list(parameters.combinations(PART, {}))
    assert [case["batch"] for case in swept] == [1, 8, 32]
    assert swept[0] == {"batch": 1, "lr": 0.1, "name": "sgd", "bias": True}


def test_smoke_takes_the_ends_unless_values_are_given() -> None:
    assert [case["batch"] for case in parameters.combinations(PART, {}, "smoke")] == [1, 32]
    given = {"batch": ("1", "2", "3")}
    assert [case["batch"] for case in parameters.combinations(PART, given, "smoke")] == [1, 2, 3]


def test_given_values_take_the_declared_type_and_come_once() -> None:
    given = {"batch": ("4", "4"), "lr": ("1",), "name": ("adam",), "bias": ("false",)}
    (case,) = parameters.combinations(PART, given)
    assert case == {"batch": 4, "lr": 1.0, "name": "adam", "bias": False}
    assert isinstance(case["lr"], float)


def test_a_study_gets_a_tuple_whole_and_is_swept_over_values_of_a_single_one() -> None:
    assert list(parameters.combinations(STUDY, {})) == [{"sizes": (1, 2), "lr": 0.1}]
    swept = list(parameters.combinations(STUDY, {"sizes": ("3",), "lr": ("0.1", "0.2")}))
    assert swept == [{"sizes": (3,), "lr": 0.1}, {"sizes": (3,), "lr": 0.2}]


@pytest.mark.parametrize(("profile", "epochs", "widths"), [("smoke", 1, [4]), ("quick", 3, [4, 8]), ("full", 15, [4])])
def test_a_parameter_may_have_a_value_for_each_profile(profile: str, epochs: int, widths: list[int]) -> None:
    """Smoke takes what was declared for it whole; a given value stands in place of all three."""
    part = PartDescription(
        id="a",
        title="",
        kind="comparison",
        parameters={
            "epochs": by_profile(smoke=1, quick=3, full=15),
            "width": by_profile(smoke=(4,), quick=(4, 8), full=(4,)),
        },
    )
    assert list(parameters.combinations(part, {}, profile)) == [{"epochs": epochs, "width": w} for w in widths]
    assert {case["epochs"] for case in parameters.combinations(part, {"epochs": ("7",)}, profile)} == {7}
    assert part.at(profile).parameters["epochs"] == epochs


def test_a_given_value_is_of_the_type_that_all_profiles_have_together() -> None:
    rate = by_profile(smoke=1, quick=0.5, full=0.1)
    part = PartDescription(id="a", title="", kind="study", parameters={"rate": rate})
    assert list(parameters.combinations(part, {"rate": ("0.25",)}, "smoke")) == [{"rate": 0.25}]
    with pytest.raises(TypeError, match="one type"):
        by_profile(smoke="s", quick=2, full=True)


def test_a_parameter_is_a_tuple_in_every_profile_or_in_none() -> None:
    with pytest.raises(TypeError, match="a tuple for every profile"):
        by_profile(smoke=1, quick=(1, 2), full=(1, 2))


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("batch", "many", "whole number"),
        ("lr", "nan", "a finite number"),
        ("lr", "inf", "finite"),
        ("bias", "no!", "true"),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, text: str, wanted: str) -> None:
    with pytest.raises(UsageError, match=wanted):
        list(parameters.combinations(PART, {name: (text,)}))


def test_an_unknown_parameter_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="did you mean batch"):
        parameters.known({"bacth": ("1",)}, [PART])
    with pytest.raises(BenchError, match="they have batch, bias, lr, name"):
        parameters.known({"zzz": ("1",)}, [PART])
    far = PartDescription(id="a", title="", kind="study", parameters={"depth": 2})
    with pytest.raises(BenchError, match="'dropout'; they have depth"):
        parameters.known({"dropout": ("0.3",)}, [far])


LIMITED = PartDescription(
    id="a",
    title="",
    kind="study",
    parameters={"width": 5, "learning_rate": 0.01, "optimizer": "sgd", "dropout": 0.5},
    limits={"width": Limits(at_least=1), "dropout": Limits(at_least=0, below=1)},
    follows={"learning_rate": Follows(parameter="optimizer", values={"sgd": 0.01, "adam": 0.001})},
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("width=0", "--param width=0: width of ex1.a is at least 1"),
        ("dropout=0.1,1.5", "--param dropout=1.5: dropout of ex1.a is at least 0 and below 1"),
        ("optimizer=lion", "--param optimizer=lion: learning_rate of ex1.a is known for sgd, adam"),
        ("width=wide", "width is a whole number"),
        ("lr=1", "did you mean learning_rate?"),
        ("hidden=10", "did you mean width?"),
        ("opt=adam", "did you mean optimizer?"),
        ("Units=3", "did you mean width?"),
        ("widht=3", "did you mean width?"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        parameters.check(parameters.parse([text]), [("ex1", LIMITED)])


def test_what_follows_another_value_takes_what_belongs_to_it_unless_it_is_given() -> None:
    def rates(**given: tuple[str, ...]) -> list[object]:
        return [case["learning_rate"] for case in parameters.combinations(LIMITED, given)]

    assert rates() == [0.01]
    assert rates(optimizer=("adam", "sgd")) == [0.001, 0.01]
    assert rates(optimizer=("adam",), learning_rate=("0.5",)) == [0.5]
