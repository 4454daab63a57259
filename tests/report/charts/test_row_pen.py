"""Rows of values: every label whole, every mark inside, seeds apart."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bench.report.charts import row_pen
from bench.report.charts.letters import width
from bench.report.charts.model import Column, Mark, RowChart

NAMES = ("preloaded", "preloaded, channels last, and compiled with everything that there is", "by hand")


def chart(columns: int = 4, seeds: int = 1) -> RowChart:
    marks = tuple(
        Mark(label=n, value=2.0**i, low=2.0**i / 1.5, high=2.0**i * 1.5, text=f"{2.0**i} ×")
        for i, n in enumerate(NAMES)
        for _ in range(seeds)
    )
    return RowChart(
        slug="s",
        name="ratio",
        title="t",
        columns=tuple(Column(f"batch {c}", marks) for c in range(columns)),
        x_label="times as fast",
        log=True,
        line=1.0,
    )


@pytest.mark.parametrize(("total", "columns"), [(640, 4), (340, 1)])
def test_labels_are_whole_and_texts_stay_inside(total: int, columns: int) -> None:
    views, rows, beside = row_pen.draw(chart(), total)
    assert beside == columns
    first = [row["t"] for row in rows if row["k"] == "text-right" and row["p"] == 0]
    assert " ".join(first) == " ".join(NAMES)
    plot = views[0]["width"]
    assert all(row["px"] + width(row["t"]) <= plot + 2 for row in rows if row["k"] == "text-left")
    low, high = views[0]["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert all(low < row["low"] <= row["x"] <= row["high"] < high for row in rows if row["k"] == "mark")


def test_seeds_of_a_row_step_aside() -> None:
    _, rows, _ = row_pen.draw(chart(columns=1, seeds=3), 640)
    places = [row["py"] for row in rows if row["k"] == "mark" and row["s"] == "by hand"]
    assert len(places) == 3
    assert min(b - a for a, b in pairwise(places)) >= 6
