"""What a chart shows, before anything is drawn."""

from __future__ import annotations

import csv

import pytest

from bench.report.charts import model
from bench.report.charts.model import PALETTE, Column, Grid, HeatChart, Line, Mark, Panel, PanelChart, RowChart


def chart(*lines: Line, slug: str = "c") -> PanelChart:
    return PanelChart(slug=slug, name="n", title="t", panels=(Panel(lines=lines),))


def test_a_slug_is_plain_short_and_never_empty() -> None:
    assert model.slug("../../etc", "<b>") == "etc-b"
    assert model.slug("؟") == "chart"
    assert model.slug("ex01", "a.speed", "Peak memory") == "ex01-a-speed-peak-memory"
    long = model.slug("a" * 79, "b" * 30)
    assert long.rpartition("-")[0] == "a" * 79, "cut where the dash would be the last"


def test_charts_of_one_slug_get_numbers_and_others_keep_theirs() -> None:
    charts = tuple(chart(slug=slug) for slug in ("a", "b", "a", "a"))
    assert [named.slug for named in model.distinct(charts)] == ["a", "b", "a-2", "a-3"]


@pytest.mark.parametrize(
    ("values", "spans"),
    [([1.0, 10.0], False), ([1.0, 10.1], True), ([0.0, 5.0], False), ([-1.0, 20.0], False), ([], False)],
)
def test_an_axis_is_logarithmic_beyond_a_decade_of_positive_values(values: list[float], spans: bool) -> None:
    assert model.spans_decade(values) is spans


def test_colours_begin_again_after_the_last() -> None:
    assert Line(label="", x=(), y=(), hue=len(PALETTE) + 1).colour == PALETTE[1]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", ["#fdfcfa", "#15181c", "#ffffff"])
@pytest.mark.parametrize("colour", PALETTE)
def test_every_colour_is_seen_on_both_grounds(colour: str, ground: str) -> None:
    dark, light = sorted((luminance(colour), luminance(ground)))
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_the_shown_data_as_csv() -> None:
    band = Line(label="=1+1", x=(0.0, 1.0), y=(2.0, 3.0), low=(1.0, 2.0), high=(3.0, 4.0), raw_x=(0.5,), raw_y=(9.0,))
    rows = list(csv.reader(model.rows_csv(chart(band)).splitlines()))
    assert rows[0] == ["panel", "line", "style", "x", "y", "low", "high"]
    assert rows[1] == ["", "'=1+1", "line", "0.0", "2.0", "1.0", "3.0"], "no spreadsheet takes a label for a formula"
    assert rows[3][2:5] == ["single value", "0.5", "9.0"]
    dots = RowChart(
        slug="s", name="n", title="t", x_label="ms", columns=(Column("c", (Mark(label="m", value=1, low=0, high=2),)),)
    )
    assert model.rows_csv(dots) == "column,row,ms,low,high\nc,m,1,0,2\n"
    heat = HeatChart(slug="s", name="n", title="t", grids=(Grid("w", ((1.5,),)),))
    assert model.rows_csv(heat) == "tensor,row,column,value\nw,0,0,1.5\n"


def test_a_chart_may_have_several_names() -> None:
    assert model.called(chart()) == ("n",)
    assert model.called(PanelChart(slug="s", name="a", names=("a", "b"), title="", panels=())) == ("a", "b")


def test_a_slug_that_loses_letters_has_a_hash() -> None:
    slugs = {model.slug("ex01", part, "loss") for part in ("б", "в", "", "é")}
    assert len(slugs) == 4
    assert all(slug.startswith("ex01-") and slug.isascii() for slug in slugs)
    assert model.slug("a" * 100) != model.slug("a" * 101)


def test_a_number_takes_no_slug_of_another_chart() -> None:
    charts = tuple(chart(slug=slug) for slug in ("a", "a-2", "a"))
    assert [named.slug for named in model.distinct(charts)] == ["a", "a-2", "a-3"]
