"""Every chart of a page, drawn once: to stand still, for phones, to come alive, and small."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain

import pytest

from bench.model import Curve, Run
from bench.report.charts import interactive
from bench.report.charts.model import Chart
from bench.report.page import drawings, view
from bench.report.page.drawings import Drawings, Pen


@pytest.fixture
def page(run: Run) -> view.ExerciseView:
    return view.view(run)[0]


@pytest.fixture
def drawn(page: view.ExerciseView) -> Drawings:
    return drawings.draw(page, Pen(60))


def test_each_chart_has_a_drawing_two_specifications_and_its_data(page: view.ExerciseView, drawn: Drawings) -> None:
    slugs = {chart.slug for chart in page.charts}
    assert set(drawn.svgs) == set(drawn.specs) == set(drawn.data) == slugs
    assert set(drawn.narrow) == {chart.slug for chart in page.open_charts} <= slugs
    assert all("datasets" in pair["wide"] for pair in drawn.specs.values())
    assert all(pair["narrow"].get("datasets") != pair["wide"]["datasets"] for pair in drawn.specs.values())


def test_no_id_stands_twice(drawn: Drawings) -> None:
    svgs = chain(drawn.svgs.values(), drawn.narrow.values())
    ids = [id for svg in svgs for id in re.findall(r'\bid="([^"]*)"', svg)]
    assert len(ids) == len(set(ids))


def test_the_data_are_all_that_was_recorded(page: view.ExerciseView, drawn: Drawings) -> None:
    """A drawing of 60 points a line has not thinned what a reader saves."""
    longest = max(data.count("\n") for data in drawn.data.values())
    rows = max(len(pair["wide"]["datasets"]["rows"]) for pair in drawn.specs.values())
    assert longest > rows


def test_a_small_chart_is_the_same_drawing_by_reference(page: view.ExerciseView, drawn: Drawings) -> None:
    chart = next(question.small for question in page.questions if question.small)
    small = drawn.small[chart.slug]
    used = re.search(r'<use href="#([^"]*)"', small)
    assert used is not None
    assert f'<svg id="{used[1]}"' in drawn.svgs[chart.slug]
    assert len(small) < 200


def test_no_chart_is_drawn_twice(page: view.ExerciseView, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[interactive.Spec] = []
    monkeypatch.setattr(interactive, "drawn", lambda spec: given.append(spec) or "<svg />")
    pen = Pen(60)
    drawings.draw(page, pen)
    for chart in page.charts:
        pen.still(chart)
    assert len(given) == len(page.charts) + len(page.open_charts)


def test_a_chart_that_cannot_be_drawn_says_why_and_hides_no_other(
    page: view.ExerciseView, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = page.open_charts[0].slug

    def specification(chart: Chart, points: int, width: int = 640) -> interactive.Spec:
        if chart.slug == spoilt:
            raise OverflowError("no scale holds it")
        return real(chart, points, width)

    real = interactive.specification
    monkeypatch.setattr(interactive, "specification", specification)
    drawn = drawings.draw(page, Pen(60))
    assert drawn.failed == {spoilt: "OverflowError: no scale holds it"}
    assert set(drawn.svgs) == set(drawn.specs) == {chart.slug for chart in page.charts} - {spoilt}
    assert spoilt not in {**drawn.narrow, **drawn.small, **drawn.data}


def test_the_ends_of_what_a_float_is_cost_their_own_chart(run: Run) -> None:
    record = next(record for record in run.records if record.findings.curves)
    extreme = Curve(name="extreme", x=(1.0, 2.0), y=(1e308, -1e308))
    findings = replace(record.findings, curves=(*record.findings.curves, extreme))
    records = tuple(replace(each, findings=findings) if each is record else each for each in run.records)
    pages = view.view(replace(run, records=records))
    page = next(page for page in pages if any("extreme" in chart.slug for chart in page.charts))
    drawn = drawings.draw(page, Pen(60))
    (why,) = drawn.failed.values()
    assert why == "ValueError: its numbers, or the axis around them, are larger than a float holds"
    assert len(drawn.svgs) == len(page.charts) - 1 > 0


def test_what_the_machine_refuses_is_no_fault_of_a_chart(
    page: view.ExerciseView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(spec: interactive.Spec) -> str:
        raise OSError("too many open files")

    monkeypatch.setattr(interactive, "drawn", refuse)
    with pytest.raises(OSError, match="too many"):
        drawings.draw(page, Pen(60))
