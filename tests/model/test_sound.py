"""What is declared wrongly is refused as it is declared, and named."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bench import Exercise, Work
from bench.model import ByProfile


def declare(**given: Any) -> Exercise:
    exercise = Exercise()
    exercise.comparison(**{"id": "a", "title": "a", "reference": "r"} | given)(lambda lab, **values: {})
    return exercise


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"p": None}, "parameter p of part 'a' is a NoneType (None)"),
        ({"p": b"x"}, "parameter p of part 'a' is a bytes (b'x')"),
        ({"p": {"a": 1}}, "parameter p of part 'a' is a dict ({'a': 1})"),
        ({"p": (1, None)}, "parameter p of part 'a' is a NoneType (None)"),
        ({"p": ((1, 2), (3, 4))}, "parameter p of part 'a' is a tuple ((1, 2))"),
        ({"p": float("nan")}, "parameter p of part 'a' is nan"),
        ({"p": 10**30}, "parameter p of part 'a' is 1000000000000000000000000000000"),
        ({"p": "\ud800"}, r"parameter p of part 'a' is '\ud800'"),
        ({"p": ()}, "part 'a' is swept over p, which has no value"),
        ({"p": ByProfile(smoke=1.0, quick=2.0, full=float("inf"))}, "parameter p of part 'a' is inf"),
        ({"id": 5}, "the id of a part is an int (5)"),
        ({"id": " "}, "the id of a part is ' '"),
        ({"id": "a\0"}, r"the id of a part is 'a\x00'"),
        ({"id": "x" * 300}, "the id of a part is 'xxx"),
        ({"title": 5}, "the title of part 'a' is an int (5)"),
        ({"reference": 5}, "the reference of part 'a' is an int (5)"),
        ({"devices": ("tpu",)}, "the devices of part 'a' are ('tpu',)"),
        ({"devices": "cpu"}, "the devices of part 'a' are 'cpu'"),
        ({"devices": ()}, "the devices of part 'a' are ()"),
        ({"tolerance": "1e-3"}, "the tolerance of part 'a' is '1e-3'"),
        ({"tolerance": 0.0}, "the tolerance of part 'a' is 0.0"),
    ],
)
def test_a_part_that_is_declared_wrongly_names_the_field_and_the_cause(given: dict[str, Any], reason: str) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(reason)}"):
        declare(**given)


def test_what_is_declared_well_is_taken() -> None:
    values = {"p": (1, 2.5), "q": "sgd", "s": True, "t": 2**62}
    part = declare(title="a \x1b title", **values).parts["a"].described
    assert part.parameters == values
    assert part.title == "a \\x1b title"


@pytest.mark.parametrize("tags", [5, "abc", (5,), ("a\x1b",)])
def test_tags_are_texts(tags: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"tags? of an Exercise"):
        Exercise(tags=tags)


@pytest.mark.parametrize(("count", "unit"), [("7", "rows"), (-1, "rows"), (10**30, "rows"), (7, 5), (7, "")])
def test_a_work_has_a_count_and_a_unit(count: Any, unit: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="of a Work"):
        Work(count, unit)
