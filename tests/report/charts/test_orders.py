"""What is said of lines over something swept holds at every place."""

from __future__ import annotations

import pytest

from bench.report.charts.model import Line
from bench.report.charts.orders import along


def line(label: str, *y: float, x: tuple[float, ...] = ()) -> Line:
    return Line(label=label, x=x or tuple(map(float, range(len(y)))), y=y)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line("", 3, 2, 1)], "falls from 3 to 1"),
        ([line("a", 1, 1)], "a: stays at 1"),
        ([line("", 3, 1, 2)], "lowest at rate = 1, with 1"),
        ([line("", 1, 5, 0.5)], "highest at rate = 1, with 5"),
        ([line("A", 1, 2), line("B", 2, 3)], "A lies below B everywhere"),
        ([line("A", 1, 2), line("B", 1, 3)], "A lies below B or on it everywhere"),
        ([line("A", 1, 2, 5), line("B", 2, 3, 4)], "A lies below B up to rate = 1, and above from 2 on"),
        ([line("A", 1, 5, 1.5), line("B", 2, 3, 4)], "lowest of all: A, 1 at rate = 0"),
        ([line("A", 1, 2), line("B", 2, 3), line("C", 4, 5)], "A is lowest everywhere, C highest"),
        ([line("A", 1, 2), line("B", 4, 3), line("C", 2, 5)], "A is lowest everywhere"),
        (
            [line("A", 5, 4, x=(1.0, 0.0)), line("B", 1, 9, x=(0.0, 1.0))],
            "B lies below A up to rate = 0, and above from 1 on",
        ),
        ([line("A", 1, 2, 3, x=(0.0, 2.0, 1.0)), line("B", 2, 3)], ""),
        ([], ""),
    ],
)
def test_swept_lines_have_an_order_or_an_extreme(lines: list[Line], said: str) -> None:
    assert along(lines, "rate, of all") == said


def test_what_is_within_a_hair_is_no_difference_on_either_axis() -> None:
    lines = [line("A", 1, 2, 100.01), line("B", 3, 50, 100)]
    assert along(lines, "rate") == "A lies below B or on it everywhere"
    small = [line("A", 1e-9, 1, 2), line("B", 1e-8, 3, 1)]
    assert along(small, "rate", log=True) == "A lies below B up to rate = 1, and above from 2 on"


def test_a_profile_of_many_points_has_no_single_place_worth_a_word() -> None:
    wavy = [line("A", *(i % 3 for i in range(40))), line("B", *(i % 2 for i in range(40)))]
    assert along(wavy, "pixel") == ""


def test_lines_that_are_hardly_ever_there_together_are_not_ranked() -> None:
    assert along([line("A", 1, 2), line("B", *range(2, 12))], "layer") == "lowest of all: A, 1 at layer = 0"


def test_differences_are_read_from_zero() -> None:
    lines = [line("A", -0.5, 0.1), line("B", 0.05, -0.02)]
    said = "furthest from zero: A, -0.5 at confidence = 0; nearest: B, within 0.05"
    assert along(lines, "confidence", "accuracy minus confidence") == said
    assert along(lines[:1], "confidence", "gap") == "furthest from zero: -0.5 at confidence = 0"


def test_what_is_drawn_as_a_single_point_is_ranked_with_the_lines() -> None:
    lines = [line("A", -0.3, 0.1), line("B", 0.7, x=(0.1,)), line("C", 0.05, -0.02)]
    said = "furthest from zero: B, 0.7 at confidence = 0.1; nearest: C, within 0.05"
    assert along(lines, "confidence", "accuracy minus confidence") == said
    assert (
        along([line("A", 3, 2), line("B", 4, 3), line("C", 1, x=(0.5,))], "rate") == "lowest of all: C, 1 at rate = 0.5"
    )
    assert along([line("A", 3)], "rate") == ""


def test_nothing_is_said_that_a_faint_line_contradicts() -> None:
    faint = Line(label="others", x=(0.0, 1.0), y=(0.0, 9.0), faint=True)
    assert along([line("A", 1, 2), line("B", 2, 3), faint], "rate") == ""
    assert along([line("A", -1, 2), line("B", 2, 3), faint], "rate", "gap") == ""
