"""Words stand at what they name."""

from __future__ import annotations

from bench.report.charts.model import Caption, Line, Panel, PanelChart, Sign
from bench.report.charts.panel_rooms import Room, rooms
from bench.report.charts.panel_words import word_rows


def room(panel: Panel) -> Room:
    return rooms(PanelChart(slug="s", name="n", title="t", panels=(panel,)), 1, 640)[0]


def test_a_name_stands_right_of_its_line_with_a_stroke_in_its_colour() -> None:
    line = Line(label="by hand", x=(0.0, 1.0), y=(1.0, 3.0), hue=2)
    placed = room(Panel(lines=(line,)))
    rows = list(word_rows(placed))
    (text,) = [row for row in rows if row["k"] == "text-left"]
    (stroke,) = [row for row in rows if row["k"] == "rule"]
    assert text["t"] == "by hand"
    assert text["px"] > placed.x.length
    assert stroke["c"] == line.colour
    assert abs(text["py"] - placed.y.pixel(3.0)) < 8


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
