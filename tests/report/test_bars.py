"""A bar and a phrase for the ratios of a variant."""

from typing import Any

import pytest

from bench.analysis.comparisons import groups
from bench.analysis.statistics import Ratio
from bench.model import Run
from bench.report import summary
from bench.report.bars import Line, Point, bar, drawn, in_words, lines, rounded


def ratio(centre: float, verdict: Any, wide: float = 1.05, **more: Any) -> Ratio:
    return Ratio(centre=centre, low=centre / wide, high=centre * wide, rounds=5, verdict=verdict, **more)


def line(*points: tuple[float, Any, str]) -> Line:
    return Line("v", tuple(Point(ratio(centre, verdict), (place,)) for centre, verdict, place in points))


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([(1.9, "faster", "b = 1")], "1.90 × faster (1.81 to 1.99)"),
        ([(0.5, "slower", "b = 1")], "2.0 × slower (1.9 to 2.1)"),
        ([(1.0, "no change detected", "b = 1")], "no change detected (0.952 to 1.05)"),
        (
            [(1.0, "no change detected", "b = 1"), (1.01, "no change detected", "b = 8")],
            "no change detected (b = 1 to 8)",
        ),
        ([(1.4, "faster", "b = 1"), (3.1, "faster", "b = 8")], "1.40 to 3.1 × faster (b = 1 to 8)"),
        ([(3.1, "faster", "b = 1"), (0.5, "slower", "b = 8")], "2.0 × slower to 3.1 × faster (b = 8 to 1)"),
        ([(0.25, "slower", "b = 1"), (0.5, "slower", "b = 8")], "4.0 to 2.0 × slower (b = 1 to 8)"),
        ([(1.9, "faster", "b = 1"), (1.5, "unstable", "b = 8")], "1.90 × faster (1.81 to 1.99) at b = 1"),
        (
            [(1.0, "no change detected", "b = 1"), (2.0, "faster", "b = 8")],
            "no change detected to 2.0 × faster (b = 1 to 8)",
        ),
    ],
)
def test_ratios_in_words(points: list[tuple[float, Any, str]], words: str) -> None:
    assert in_words(line(*points)) == words


def test_a_ratio_that_is_doubted_is_not_certain() -> None:
    assert Point(ratio(2, "faster"), ()).is_certain
    assert not Point(ratio(2, "faster", doubt="faster than memory"), ()).is_certain
    assert not any(Point(ratio(2, verdict), ()).is_certain for verdict in ("maybe chance", "unstable", "busy", None))


def test_a_lower_end_above_one_is_not_printed_as_one() -> None:
    assert rounded(1.5, 1.004, 2.0) == ["1.500", "1.004", "2.000"]


def test_bars_share_one_scale_and_go_left_only_where_something_is_slower() -> None:
    assert drawn([1.0, 2.0, 0.0], ascii_only=False) == ["│██████      ", "│████████████", "│            "]
    assert drawn([-2.0, 1.0], ascii_only=False) == ["██████│      ", "      │███   "]
    assert drawn([-1.25, 2.0], ascii_only=True) == ["  ####|      ", "      |######"]
    assert drawn([0.1], ascii_only=False) == ["│█▏          "], "a tenth of a doubling is not the whole width"


@pytest.mark.parametrize(
    ("length", "ascii_only", "text"),
    [(2.5, False, "    │██▌ "), (2.5, True, "    |### "), (-2.5, False, " ▐██│    "), (-4.0, False, "████│    ")],
)
def test_a_bar_is_as_wide_as_its_place(length: float, ascii_only: bool, text: str) -> None:
    assert bar(length, 4, 4, ascii_only) == text


def test_every_variant_has_one_line_with_what_varies(run: Run) -> None:
    (exercise,) = run.exercises
    part = next(part for part in exercise.parts if part.id == "a.speed")
    found = lines(groups(part, summary.records_of(run, "ex10", "a.speed")))
    assert [each.name for each in found] == ["by hand", "by hand, in place"]
    assert [point.label for point in found[0].points] == ["batch = 1", "batch = 8", "batch = 32", "batch = 50"]
    assert all(0.8 < each.doublings < 3 for each in found)
