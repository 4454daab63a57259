"""Zero lies in the middle of the colours, whatever the values."""

from __future__ import annotations

from bench.report.charts import heat_pen
from bench.report.charts.heat import heat_map


def test_all_tensors_share_a_scale_around_zero() -> None:
    views, rows, columns = heat_pen.draw(heat_map("e", {"a": [[1.0, -4.0]], "b": [[0.5]]}), 640)
    assert [view["layer"][0]["encoding"]["color"]["scale"]["domain"] for view in views] == [[-4, 0, 4]] * 2
    assert (len(rows), columns) == (3, 2)
    assert heat_pen.draw(heat_map("e", {"a": [[0.0]]}), 340)[0][0]["layer"][0]["encoding"]["color"]["scale"][
        "domain"
    ] == [-1, 0, 1]
