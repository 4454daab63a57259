"""Each line of a crowded panel has a panel in which it is seen among the others."""

from __future__ import annotations

from bench.report.charts.model import Line, Panel, Sign
from bench.report.charts.multiples import labels, multiples

X = (1.0, 2.0)


def test_a_panel_a_line_with_the_others_behind() -> None:
    points = tuple(Line(label=name, x=X, y=X, style="points", hue=hue) for hue, name in enumerate("abc"))
    law = Line(label="b", x=X, y=X, style="law", hue=1)
    signs = (Sign("b", 1.0, 1.0, 1), Sign("memory of the machine", None, 9.0))
    crowded = Panel(lines=(*points, law), x_label="batch", signs=signs)
    assert labels(crowded) == ("a", "b", "c")
    panels = multiples(crowded)
    assert [panel.title for panel in panels] == ["a", "b", "c"]
    for panel in panels:
        assert {line.label for line in panel.lines if not line.faint} == {panel.title}
        assert len([line for line in panel.lines if line.faint]) == 2
    assert [sign.label for sign in panels[1].signs] == ["b", "memory of the machine"]
    assert [sign.label for sign in panels[0].signs] == ["memory of the machine"]
