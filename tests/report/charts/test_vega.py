"""The words of Vega-Lite."""

from __future__ import annotations

from bench.report.charts import vega


def test_layers_without_a_row_are_left_out() -> None:
    layers = [vega.layer("line", {}, {}), vega.layer("dash", {}, {}), {"mark": {}, "encoding": {}}, vega.ROOM]
    assert vega.needed(layers, [{"k": "line"}, vega.room(0, 0, 9)]) == [layers[0], layers[2], layers[3]]


def test_lines_of_a_label_stand_around_its_middle() -> None:
    rows = vega.text_rows(0, ("a", "b"), 5, 100, "right")
    assert [(row["k"], row["py"]) for row in rows] == [("text-right", 93.5), ("text-right", 106.5)]


def test_a_panel_is_headed_by_its_name_and_its_axis() -> None:
    named = vega.heading("train", "loss (nat)", 200)
    assert named is not None
    assert (named["text"], named["subtitle"]) == (["train"], ["loss (nat)"])
    assert vega.heading("", "loss", 200) == {
        "anchor": "start",
        "frame": "bounds",
        "limit": 0,
        "offset": 6,
        "text": ["loss"],
        "fontSize": 11,
        "fontWeight": "normal",
    }
    assert vega.heading("", "", 200) is None
