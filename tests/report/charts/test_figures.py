"""A chart as files is the same for the same chart, with its words around it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.report.charts import figures, interactive
from bench.report.charts.model import Line, Panel, PanelChart

CHART = PanelChart(
    slug="loss",
    name="loss",
    title="<b>loss</b> & more",
    subtitle="seed 0",
    note="a note",
    panels=(Panel(lines=(Line(label="l", x=(0.0, 1.0), y=(1.0, 2.0)),)),),
)


@pytest.mark.usefixtures("drawn_anew")
def test_files_are_written_twice_alike(tmp_path: Path) -> None:
    bare = interactive.drawn(interactive.specification(CHART, 100))
    one, two = (figures.write(CHART, bare, tmp_path / name, png=True) for name in ("one", "two"))
    assert [path.name for path in one] == ["loss.png", "loss.svg"]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert one[0].read_bytes().startswith(b"\x89PNG")


def test_words_stand_around_the_drawing_and_are_escaped(tmp_path: Path) -> None:
    bare = interactive.drawn(interactive.specification(CHART, 100))
    (svg,) = figures.write(CHART, bare, tmp_path, png=False)
    root = ElementTree.parse(svg).getroot()
    assert root.tag.endswith("svg")
    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[:2] == ["<b>loss</b> & more", "seed 0"]
    assert texts[-1] == "a note"
