"""How panels share the width of a page."""

from __future__ import annotations

import pytest

from bench.report.charts.model import Line, Panel, PanelChart
from bench.report.charts.panel_rooms import aside, column_count, rooms

X = (1.0, 2.0, 3.0)


def chart(*panels: Panel, **more: object) -> PanelChart:
    return PanelChart(slug="s", name="n", title="t", panels=panels, **more)  # type: ignore[arg-type]


def panel(label: str = "l", scale: float = 1.0, **more: object) -> Panel:
    return Panel(lines=(Line(label=label, x=X, y=tuple(scale * x for x in X)),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "labels", "wide", "narrow"), [(1, "end", 1, 1), (2, "end", 2, 1), (4, "none", 4, 2), (6, "none", 3, 2)]
)
def test_columns_by_what_stands_beside_a_line(count: int, labels: str, wide: int, narrow: int) -> None:
    drawn = chart(*(panel(labels=labels) for _ in range(count)))
    assert (column_count(drawn, 640), column_count(drawn, 340)) == (wide, narrow)


def test_four_panels_of_which_one_names_the_lines_stand_in_a_row() -> None:
    drawn = chart(*(panel(labels="none") for _ in range(3)), panel(labels="end"))
    assert column_count(drawn, 640) == 4


def test_panels_on_one_scale_have_one_axis_and_differences_their_own() -> None:
    drawn = chart(panel(), panel(scale=10), panel(scale=0.001, share=0.4), shared_y=True, shared_x=True)
    one, two, apart = rooms(drawn, 2, 640)
    assert (one.y.low, one.y.high) == (two.y.low, two.y.high)
    assert apart.y.high < 0.1
    assert one.x.length == two.x.length
    assert (one.first, two.first, apart.first) == (True, False, True)


def test_points_of_several_lines_at_one_x_step_aside_and_stay_inside() -> None:
    lines = tuple(Line(label=str(i), x=X, y=X, style="points") for i in range(5))
    (room,) = rooms(chart(Panel(lines=lines, labels="none")), 1, 640)
    offsets = aside(room.panel)
    assert len({offsets[i, 1.0] for i in range(5)}) == 5
    places = [room.x.pixel(x) + offset for (_, x), offset in offsets.items()]
    assert min(places) > 4
    assert max(places) < room.x.length - 4


def test_a_panel_grows_for_its_labels() -> None:
    lines = tuple(Line(label=f"a rather long label number {i} of many", x=X, y=X) for i in range(12))
    (room,) = rooms(chart(Panel(lines=lines)), 1, 340)
    assert room.y.length > 240


def test_round_numbers_stand_below_what_was_measured_where_that_is_asked_for() -> None:
    points = Line(label="l", x=(0.3, 7.7, 130.0), y=X, style="points")
    for round_x, ticks in ((False, (0.3, 7.7, 130.0)), (True, (1.0, 10.0, 100.0))):
        (room,) = rooms(chart(Panel(lines=(points,), log_x=True, round_x=round_x)), 1, 640)
        assert room.x_ticks == ticks
