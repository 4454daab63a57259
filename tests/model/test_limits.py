"""What a parameter may be, and what follows another one: said in words, refused where it makes no sense."""

import re
from collections.abc import Callable

import pytest

from bench import Exercise, following, limited
from bench.model import Limits

RATE = following("optimizer", sgd=0.01, adam=0.001)


@pytest.mark.parametrize(
    ("limits", "words", "good", "bad"),
    [
        (Limits(at_least=0, below=1), "at least 0 and below 1", (0, 0.5), (-0.1, 1, 1.5, float("nan"))),
        (Limits(above=0), "above 0", (1e-9, 3), (0, -1)),
        (Limits(at_most=10), "at most 10", (10, -3), (10.5,)),
        (Limits(one_of=("sgd", "adam")), "sgd or adam", ("sgd",), ("lion", "")),
    ],
)
def test_limits_say_what_they_allow(limits: Limits, words: str, good: tuple, bad: tuple) -> None:
    assert limits.words == words
    assert all(map(limits.allow, good))
    assert not any(map(limits.allow, bad))


def test_a_declared_value_keeps_its_own_limits() -> None:
    with pytest.raises(ValueError, match="declared as 'lion', which is not sgd or adam"):
        limited("lion", one_of=("sgd", "adam"))
    with pytest.raises(ValueError, match="declared as 0"):
        limited((1, 0), at_least=1)


def test_a_value_follows_another_one_and_each_of_several() -> None:
    assert RATE.at({"optimizer": "adam"}) == 0.001
    assert RATE.at({"optimizer": ("adam", "sgd")}) == (0.001, 0.01)
    assert RATE.words == "0.01 for sgd, 0.001 for adam"


@pytest.mark.parametrize(
    ("declare", "says"),
    [
        (lambda: limited(1, one_of=5), "one_of of a parameter is an int (5): give a tuple"),
        (lambda: limited(1, one_of=(1, None)), "one_of of a parameter is a NoneType (None)"),
        (lambda: limited(1, at_least="a"), "at_least of a parameter is a str ('a'): give a number"),
        (lambda: limited(1, below=1j), "below of a parameter is a complex (1j): give a number"),
        (lambda: limited(1, at_most=10**400), "at_most of a parameter is "),
        (lambda: limited(1, above=float("nan")), "above of a parameter is nan"),
        (lambda: limited(1j, above=0), "a parameter with limits is a complex (1j)"),
    ],
)
def test_what_is_no_limit_is_named(declare: Callable[[], object], says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(says)}"):
        declare()


def test_a_part_tells_values_limits_and_followers_apart() -> None:
    exercise = Exercise()
    exercise.study("a", "A", optimizer=limited("sgd", one_of=("sgd", "adam")), learning_rate=RATE)(lambda lab: None)
    part = exercise.parts["a"].described
    assert part.parameters == {"optimizer": "sgd", "learning_rate": 0.01}
    assert (part.limits.keys(), part.follows) == ({"optimizer"}, {"learning_rate": RATE})


@pytest.mark.parametrize("parameters", [{"learning_rate": RATE}, {"optimizer": "lion", "learning_rate": RATE}])
def test_what_follows_nothing_is_the_authors_mistake(parameters: dict) -> None:
    with pytest.raises(ValueError, match="not declared or has no value for it"):
        Exercise().study("a", "A", **parameters)(lambda lab: None)
