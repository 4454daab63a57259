"""A chart that cannot be drawn is a box that says why; what the machine refuses is no fault of the chart."""

import pytest

from bench.report.charts import interactive
from bench.report.charts.model import PanelChart
from bench.report.page.still import BOX, still

CHART = PanelChart(slug="a", name="a", title="a", note="", panels=())


def drawing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(*_: object) -> str:
        raise error

    monkeypatch.setattr(interactive, "specification", lambda *_: {})
    monkeypatch.setattr(interactive, "static_svg", fails)


def test_a_box_says_why_and_escapes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, ValueError("<script> no scale holds it"))
    assert still(CHART, 1, 640, "a-") == f"<p>{BOX}ValueError: &lt;script&gt; no scale holds it</span></p>"


def test_what_the_machine_refuses_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, OSError("too many open files"))
    with pytest.raises(OSError, match="too many"):
        still(CHART, 1, 640, "a-")
