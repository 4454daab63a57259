"""What is drawn of a panel is what was measured, inside its frame."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from bench.report.charts import interactive, overlaid, panel_pen
from bench.report.charts.model import Line, Panel, PanelChart

X = tuple(map(float, range(1, 31)))
NAMES = ("autograd", "by hand, in place", "by hand, compiled with everything that there is", "kit")
CHART = PanelChart(
    slug="s",
    name="n",
    title="t",
    panels=(
        Panel(
            lines=tuple(Line(label=n, x=X, y=tuple(x + i / 50 for x in X)) for i, n in enumerate(NAMES)), title="train"
        ),
        Panel(lines=(Line(label="all", x=X, y=X, low=X, high=tuple(2 * x for x in X)),), log_y=True),
    ),
)


@pytest.mark.parametrize("total", [640, 340])
def test_no_two_labels_meet(total: int) -> None:
    for boxes in panel_pen.label_boxes(CHART, total):
        assert not any(a.meets(b) for a, b in combinations(boxes, 2))
        assert all(box.right <= total for box in boxes)


def test_every_mark_lies_inside_the_axes_and_every_line_has_a_stroke() -> None:
    views, rows, _ = panel_pen.draw(CHART, 600, 640)
    for number, view in enumerate(views):
        scales = {axis: view["layer"][0]["encoding"][axis]["scale"]["domain"] for axis in "xy"}
        shown = [row for row in rows if row["p"] == number and "x" in row]
        for axis, (low, high) in scales.items():
            assert all(low < row[axis] < high for row in shown)
        assert {row["s"] for row in shown if row["k"] == "line"} == {line.label for line in CHART.panels[number].lines}
        strokes = [layer for layer in view["layer"] if layer["mark"].get("type") == "line"]
        assert strokes
        assert all(layer["mark"]["strokeWidth"] >= 0.8 for layer in strokes)


def test_long_lines_are_thinned_and_single_values_wait_for_a_switch() -> None:
    y = tuple(float(i % 7) for i in range(2000))
    line = Line(label="", x=tuple(map(float, range(2000))), y=y, raw_x=(1.0, 2.0), raw_y=(50.0, 1.0))
    views, rows, _ = panel_pen.draw(
        PanelChart(slug="s", name="n", title="t", panels=(Panel(lines=(line,), labels="none"),)), 100, 640
    )
    assert sum(row["k"] == "line" for row in rows) <= 100
    assert sum(row["k"] == "raw" for row in rows) == 2
    (view,) = views
    ends = view["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert ends[1]["expr"].startswith("raw ? 5"), "the axis reaches to single values only while they are shown"


def test_every_line_has_a_stroke_of_its_colour_that_no_other_covers() -> None:
    xs = tuple(float(x) for x in range(40))
    lines = [
        Line(label=name, x=xs[:long], y=tuple(1 / (1 + x) for x in xs[:long]), hue=hue)
        for hue, (name, long) in enumerate({"short": 15, "long": 40, "shortest": 8}.items())
    ]
    (panel,) = overlaid.told_apart([Panel(lines=tuple(lines))])
    svg = interactive.drawn(interactive.specification(PanelChart(slug="s", name="n", title="t", panels=(panel,)), 100))
    strokes = re.findall(r'<path[^>]*d="(M[^"]+)"[^>]*stroke="(#\w+)"([^>]*)', svg)
    solid = {colour for _, colour, rest in strokes if "dasharray" not in rest}
    dashed = {colour for _, colour, rest in strokes if "dasharray" in rest}
    assert dashed == {lines[1].colour, lines[2].colour}
    assert lines[0].colour in solid
    assert lines[1].colour in solid, "where it is alone it is whole"
