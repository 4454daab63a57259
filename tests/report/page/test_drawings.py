"""Every chart of a page, drawn to stand still, to come alive, and small."""

from __future__ import annotations

import re

from bench.model import Run
from bench.report.page import drawings, view


def test_each_chart_has_a_drawing_two_specifications_and_ids_of_its_own(run: Run) -> None:
    (page,) = view.view(run)
    charts = page.charts[:3]
    drawn = drawings.draw(charts, charts[:1], 60)
    assert set(drawn.svgs) == set(drawn.specs) == {chart.slug for chart in charts}
    assert all("datasets" in pair["wide"] for pair in drawn.specs.values())
    assert all(pair["narrow"].get("datasets") != pair["wide"]["datasets"] for pair in drawn.specs.values())
    ids = [id for svg in drawn.svgs.values() for id in re.findall(r'\bid="([^"]*)"', svg)]
    assert len(ids) == len(set(ids))


def test_a_small_chart_is_the_same_drawing_by_reference(run: Run) -> None:
    (page,) = view.view(run)
    chart = page.charts[0]
    drawn = drawings.draw([chart], [chart], 60)
    small = drawn.small[chart.slug]
    used = re.search(r'<use href="#([^"]*)"', small)
    assert used is not None
    assert f'<svg id="{used[1]}"' in drawn.svgs[chart.slug]
    assert len(small) < 200
