"""Words stand at what they name."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from bench.report.charts.dodge import Box
from bench.report.charts.letters import LINE, width
from bench.report.charts.model import Caption, Line, Panel, PanelChart, Sign
from bench.report.charts.panel_rooms import Room, rooms
from bench.report.charts.panel_words import word_rows
from bench.report.charts.vega import Spec


def room(panel: Panel) -> Room:
    return rooms(PanelChart(slug="s", name="n", title="t", panels=(panel,)), 1, 640)[0]


def test_a_name_stands_right_of_its_line_under_a_dot_in_its_colour() -> None:
    line = Line(label="by hand", x=(0.0, 1.0), y=(1.0, 3.0), hue=2)
    placed = room(Panel(lines=(line,)))
    rows = {row["k"]: row for row in word_rows(placed)}
    assert rows["text-left"]["t"] == "by hand"
    assert rows["text-left"]["px"] > rows["key"]["px"] > rows["leader"]["px"] > placed.x.length
    assert rows["key"]["c"] == line.colour
    assert abs(rows["text-left"]["py"] - placed.y.pixel(3.0)) < 8


def test_a_line_that_ends_early_is_named_at_its_end_or_beside_the_plot() -> None:
    early, late = Line(label="early", x=(0.0, 4.0), y=(1.0, 3.0)), Line(label="late", x=(0.0, 10.0), y=(5.0, 4.0))
    placed = room(Panel(lines=(early, late)))
    (text,) = (row for row in word_rows(placed) if row.get("t") == "early")
    assert placed.x.pixel(4.0) < text["px"] < placed.x.pixel(4.0) + 10
    wall = tuple(Line(label="", x=(0.0, 10.0), y=(0.2 * y, 0.2 * y)) for y in range(31))
    (text,) = (row for row in word_rows(room(Panel(lines=(early, *wall)))) if row.get("t") == "early")
    assert text["px"] > placed.x.length


WITHIN = st.floats(0.0, 9.0).map(lambda value: round(value, 2))


@given(st.lists(st.tuples(WITHIN, WITHIN), min_size=1, max_size=6), st.booleans())
def test_no_stroke_or_name_of_a_line_reaches_into_what_was_not_measured(
    last: list[tuple[float, float]], points: bool
) -> None:
    lines = tuple(
        Line(label=f"line {i}", x=(x,) if points else (0.0, 0.1 + x), y=(y,) if points else (5.0, y), hue=i)
        for i, (x, y) in enumerate(last)
    )
    panels = (Panel(lines=lines), Panel(lines=(Line(label="all", x=(0.0, 10.0), y=(0.0, 9.0)),)))
    placed, _ = rooms(PanelChart(slug="s", name="n", title="t", panels=panels, shared_x=True, shared_y=True), 2, 640)
    rows = list(word_rows(placed))
    assert {row["t"] for row in rows if "t" in row} == {line.label for line in lines}
    assert all("c" not in row and row["px"] > placed.x.length for row in rows if row["k"] == "leader")
    stops = [(round(placed.x.pixel(line.x[-1]), 1), round(placed.y.pixel(line.y[-1]), 1)) for line in lines]
    assert all(row["px"] > placed.x.length or (row["px"], row["py"]) in stops for row in rows if row["k"] == "key")
    assert not [row for row in rows if row["k"] == "rule"]
    boxes = [_box(row) for row in rows if "t" in row]
    assert not any(one.meets(other) for one, other in combinations(boxes, 2))


def _box(row: Spec) -> Box:
    wide = width(row["t"])
    left = row["px"] - (wide if row["k"] == "text-right" else 0)
    return Box(left, row["py"] - LINE / 2, left + wide, row["py"] + LINE / 2)


def test_a_level_is_named_and_a_place_has_a_sign() -> None:
    line = Line(label="a", x=(0.0, 1.0), y=(1.0, 3.0))
    rows = list(
        word_rows(room(Panel(lines=(line,), labels="none", signs=(Sign("limit", None, 4.0), Sign("a", 0.5, 2.0)))))
    )
    assert [row["t"] for row in rows if "t" in row] == ["limit"]
    assert [row["k"] for row in rows if "t" not in row] == ["rule", "sign"]


def test_points_bear_their_names() -> None:
    points = tuple(Line(label=n, x=(x,), y=(1.0,), style="points") for n, x in (("a", 1.0), ("b", 1.01)))
    rows = list(word_rows(room(Panel(lines=points, labels="beside"))))
    assert sorted(row["t"] for row in rows if "t" in row) == ["a", "b"]


def test_a_caption_stands_above_its_line_and_on_no_other() -> None:
    roof = Line(label="roof", x=(1.0, 10.0, 100.0), y=(1.0, 10.0, 10.0), style="law")
    captions = (Caption("flat", ((100.0, 10.0),)), Caption("slope", ((5.0, 5.0),)))
    placed = room(Panel(lines=(roof,), log_x=True, log_y=True, captions=captions, round_x=True))
    flat, slope = (row for row in word_rows(placed) if "t" in row)
    assert (flat["t"], slope["t"]) == ("flat", "slope")
    assert flat["py"] < placed.y.pixel(10.0)
    assert slope["k"] == "text-right"
    assert slope["px"] < placed.x.pixel(5.0)
    wall = tuple(Line(label="", x=(1.0, 100.0), y=(y, y), style="law") for y in range(1, 21))
    full = room(Panel(lines=wall, captions=(Caption("no room", ((5.0, 5.0),)),)))
    assert [row for row in word_rows(full) if row.get("t") == "no room"] == []
