"""The drawing: all of it is in the view box, and nothing is cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from bench.model import Run
from bench.report.charts import engine, interactive
from bench.report.charts.dodge import Box
from bench.report.charts.heat import heat_map
from bench.report.charts.letters import width
from bench.report.charts.model import Chart, Line, Panel, PanelChart
from bench.report.charts.of_run import charts


def labels(element: Element, x: float = 0.0, y: float = 0.0) -> Iterator[tuple[str, Box]]:
    """Every line of text with its box, by letters of a usual width."""
    found = re.match(r"translate\(([-\d.e]+),([-\d.e]+)\)", element.get("transform", ""))
    x, y = (x + float(found[1]), y + float(found[2])) if found else (x, y)
    if element.tag.endswith("text"):
        size = float(element.get("font-size", "11px").removesuffix("px"))
        step = 0.0
        for line in list(element) or [element]:
            text = line.text or ""
            step += float(line.get("dy", 0))
            wide = 0.85 * width(text, size)
            left = x - {"end": wide, "middle": wide / 2}.get(element.get("text-anchor", ""), 0.0)
            yield text, Box(left, y + step - 0.75 * size, left + wide, y + step + 0.1 * size)
    for child in element:
        yield from labels(child, x, y)


def drawn(chart: Chart, total: int) -> tuple[list[tuple[str, Box]], Box]:
    svg = interactive.static_svg(interactive.specification(chart, 200, total), "s1")
    assert 'id="clip' not in svg, "ids of several drawings on one page must differ"
    assert "NaN" not in svg
    root = ElementTree.fromstring(svg)
    _, _, right, bottom = map(float, root.get("viewBox", "").split())
    return list(labels(root)), Box(0, 0, right, bottom)


@pytest.mark.parametrize("total", [640, 340])
def test_every_text_is_whole_inside_and_apart_from_all_others(run: Run, total: int) -> None:
    for of_part in charts(run).values():
        for chart in of_part:
            texts, frame = drawn(chart, total)
            assert texts
            assert frame.right <= total, chart.slug
            for text, box in texts:
                assert "…" not in text
                assert box.within(frame), (chart.slug, text)
            for (one, a), (other, b) in combinations(texts, 2):
                assert not a.meets(b), (chart.slug, one, other)


def test_hostile_texts_stay_texts(hostile_run: Run) -> None:
    (of_part, *_) = charts(hostile_run).values()
    svg = interactive.static_svg(interactive.specification(of_part[0], 200), "s1")
    assert "<script" not in svg
    assert "\f" not in svg, "a backslash is a backslash, and no escape inside an expression"
    ElementTree.fromstring(svg)


@pytest.mark.usefixtures("drawn_anew")
def test_the_static_drawing_keeps_the_digits_of_its_axes_and_no_ground() -> None:
    line = Line(label="a", x=(0.0, 1.0, 2.0), y=(0.02, 0.03, 0.07))
    chart = PanelChart(slug="s", name="n", title="t", panels=(Panel(lines=(line,), log_y=True),))
    svg = interactive.static_svg(interactive.specification(chart, 100), "s0")
    assert {"0.04", "0.06"} <= set(re.findall(r">([\d.]+)</text>", svg))
    assert not re.search(r'="[^"]*\d\.\d\d', svg), "coordinates need no hundredths of a pixel"
    assert 'fill="white"' not in svg
    assert svg == interactive.static_svg(interactive.specification(chart, 100), "s0")


def test_single_values_have_a_switch_and_are_not_drawn_without_it() -> None:
    line = Line(label="", x=(0.0, 1.0), y=(1.0, 2.0), raw_x=(0.25, 0.5), raw_y=(9.0, 9.0))
    chart = PanelChart(slug="s", name="n", title="t", panels=(Panel(lines=(line,), labels="none"),))
    spec = interactive.specification(chart, 100)
    assert spec["params"] == [{"name": "raw", "value": False}]
    still = interactive.drawn(spec)
    spec["params"][0]["value"] = True
    assert interactive.drawn(spec).count("<path") > still.count("<path")


def test_a_heat_map_is_drawn_with_its_scale() -> None:
    texts, frame = drawn(heat_map("error", {"weight of the first layer": [[1.0, -2.0], [0.0, 0.5]]}), 640)
    assert {"weight of the first layer"} <= {text for text, _ in texts} | {" ".join(t for t, _ in texts[:4])}
    assert frame.right < 640


def test_the_version_is_one_that_is_installed() -> None:
    import vl_convert

    assert engine.VEGALITE in vl_convert.get_vegalite_versions()
