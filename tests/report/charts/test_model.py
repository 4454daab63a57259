"""What a chart shows, before anything is drawn."""

from __future__ import annotations

import pytest

from bench.report.charts import model
from bench.report.charts.model import PALETTE, DotChart, Line, LineChart, Mark


def chart(*lines: Line, slug: str = "c") -> LineChart:
    return LineChart(slug=slug, title="t", x_label="x", y_label="y", lines=lines)


def test_a_slug_is_plain_short_and_never_empty() -> None:
    assert model.slug("../../etc", "<b>") == "etc-b"
    assert model.slug("؟") == "chart"
    assert model.slug("ex01", "a.speed", "Peak memory") == "ex01-a-speed-peak-memory"
    long = model.slug("a" * 79, "b" * 30)
    assert long == "a" * 79, "cut where the dash would be the last"


def test_charts_of_one_slug_get_numbers_and_others_keep_theirs() -> None:
    charts = tuple(chart(slug=slug) for slug in ("a", "b", "a", "a"))
    assert [named.slug for named in model.distinct(charts)] == ["a", "b", "a-2", "a-3"]


def test_extents_reach_to_the_ends_of_intervals() -> None:
    line = Line(label="l", x=(1.0, 2.0), y=(5.0, 6.0), low=(4.0, 5.5), high=(7.0, 9.0))
    assert sorted(model.extent_x(chart(line))) == [1, 2]
    assert (min(model.extent_y(chart(line))), max(model.extent_y(chart(line)))) == (4, 9)
    dots = DotChart(slug="d", title="t", x_label="x", marks=(Mark(label="m", value=3.0, low=1.0, high=8.0),))
    assert sorted(model.extent_x(dots)) == [1, 3, 8]


@pytest.mark.parametrize(("count", "named"), [(10, 10), (11, 0)])
def test_an_axis_names_its_measured_values_while_they_are_few(count: int, named: int) -> None:
    x = tuple(map(float, range(count)))
    points, law = Line(label="l", x=x, y=x, style="points"), Line(label="l", x=(0.5,), y=(1.0,), style="law")
    assert model.measured_x(chart(points, law)) == list(x[:named])


@pytest.mark.parametrize(
    ("values", "spans"),
    [([1.0, 10.0], False), ([1.0, 10.1], True), ([0.0, 5.0], False), ([-1.0, 20.0], False), ([], False)],
)
def test_an_axis_is_logarithmic_beyond_a_decade_of_positive_values(values: list[float], spans: bool) -> None:
    assert model.spans_decade(values) is spans


def test_colours_begin_again_after_the_last() -> None:
    assert Line(label="", x=(), y=(), hue=len(PALETTE) + 1).colour == PALETTE[1]
    assert Mark(label="", value=1.0, low=1.0, high=1.0, hue=len(PALETTE)).colour == PALETTE[0]
