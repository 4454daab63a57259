"""What was drawn for the files is not drawn again for the page."""

from __future__ import annotations

import pytest

from bench.report.charts import drawn, interactive
from bench.report.charts.model import Line, Panel, PanelChart

CHART = PanelChart(slug="c", name="c", title="c", panels=(Panel(lines=(Line(label="l", x=(0.0, 1.0), y=(1.0, 2.0)),)),))


def test_a_chart_that_was_kept_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "_kept", {})
    drawn.keep([CHART], ["<svg/>"])
    monkeypatch.setattr(interactive, "drawn", lambda spec: pytest.fail("drawn again"))
    assert drawn.svgs([CHART, CHART]) == ["<svg/>", "<svg/>"]


def test_one_that_was_not_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "_kept", {})
    specs = []
    monkeypatch.setattr(interactive, "drawn", lambda spec: specs.append(spec) or "<svg/>")
    assert drawn.svgs([CHART, CHART], width=340) == ["<svg/>"] * 2
    assert len(specs) == 1
