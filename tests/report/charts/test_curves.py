"""The curves of a study become charts: one a name, one line a series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bench.model import Curve, PartInfo, Record
from bench.report.charts.curves import curve_charts
from bench.report.charts.model import PALETTE
from bench.thinning import minmax_indices

PART = PartInfo(id="a", title="A study", kind="study")
Study, Drawn = Callable[..., Record], Callable[..., Curve]


def test_one_chart_a_name_and_one_line_a_series(study: Study, line: Drawn) -> None:
    charts = curve_charts("ex01", PART, [study(line("A"), line("B", y=(3.0, 2.5, 2.0)), replace(line(), name="error"))])
    assert [chart.name for chart in charts] == ["loss", "error"]
    assert charts[0].title == "A ends at 1, B at 2"
    (panel,) = charts[0].panels
    assert [drawn.label for drawn in panel.lines] == ["A", "B"]
    assert panel.lines[0].colour != panel.lines[1].colour
    assert panel.x_label == "step"


def test_without_results_the_title_is_the_subject(study: Study, line: Drawn) -> None:
    (chart,) = curve_charts("ex01", PART, [study(line("A"), line("B", y=(3.0, 2.5, 2.0)))], telling=False)
    assert chart.title == "loss"


def test_seeds_of_common_x_become_a_mean_with_its_range(study: Study, line: Drawn) -> None:
    (chart,) = curve_charts("ex01", PART, [study(line(y=(1.0, 2.0))), study(line(y=(3.0, 6.0)), seed=1)])
    (drawn,) = chart.panels[0].lines
    assert (drawn.y, drawn.low, drawn.high) == ((2.0, 4.0), (1.0, 2.0), (3.0, 6.0))
    assert "mean of 2 seeds" in chart.subtitle


def test_what_a_study_averaged_over_is_not_named_as_constant(study: Study, line: Drawn) -> None:
    averaged = replace(line(), y_label="loss, mean over seeds (nat)")
    (chart,) = curve_charts("ex01", PART, [study(averaged)])
    assert "seed 0" not in chart.subtitle
    (chart,) = curve_charts("ex01", PART, [study(line())])
    assert "seed 0" in chart.subtitle


def test_seeds_of_different_x_keep_their_own_lines(study: Study, line: Drawn) -> None:
    other = replace(line(), x=(0.0, 1.5, 2.0))
    (chart,) = curve_charts("ex01", PART, [study(line()), study(other, seed=1)])
    assert [(drawn.hue, drawn.low) for drawn in chart.panels[0].lines] == [(0, ()), (0, ())]


def test_a_beginning_of_another_line_is_seen_on_it(study: Study, line: Drawn) -> None:
    (chart,) = curve_charts("ex01", PART, [study(line("A", y=(9.0, 7.0, 5.0)), line("B", y=(9.0, 7.0, 5.0, 3.0)))])
    (panel,) = chart.panels
    assert [bool(drawn.over) for drawn in panel.lines] == [False, True]
    assert "dashes of two colours" in chart.subtitle


def test_devices_differ_in_dash(study: Study, line: Drawn) -> None:
    other = line("A", y=(3.0, 2.5, 2.0))
    (chart,) = curve_charts("ex01", PART, [study(line("A")), study(other, device="cuda")])
    assert [(d.label, d.dashed) for d in chart.panels[0].lines] == [("A, cpu", False), ("A, cuda", True)]


def test_train_and_test_are_panels_on_one_scale(study: Study, line: Drawn) -> None:
    labels = ("train, A", "train, B", "test, A", "test, B")
    curves = [line(label, y=(3.0, 2.0, 1.0 + i)) for i, label in enumerate(labels)]
    (chart,) = curve_charts("ex01", PART, [study(*curves)])
    assert [(panel.title, [d.label for d in panel.lines]) for panel in chart.panels] == [
        ("train", ["A", "B"]),
        ("test", ["A", "B"]),
    ]
    assert chart.shared_y
    assert chart.title == "train: A ends at 1, B at 2; test: A ends at 3, B at 4"
    assert [d.hue for panel in chart.panels for d in panel.lines] == [0, 1, 0, 1]


def test_names_that_differ_in_train_and_test_share_a_chart_that_both_call(study: Study, line: Drawn) -> None:
    pair = [replace(line("A"), name="cost, train"), replace(line("A"), name="cost, test")]
    (chart,) = curve_charts("ex01", PART, [study(*pair)])
    assert chart.names == ("cost, train", "cost, test")
    assert chart.subtitle.startswith("cost"), "it is of both"
    assert "train" not in chart.subtitle
    assert [panel.title for panel in chart.panels] == ["train", "test"]


def test_lines_on_each_other_are_one_with_their_difference_below(study: Study, line: Drawn) -> None:
    (chart,) = curve_charts("ex01", PART, [study(line("A"), line("B", y=(3.0, 2.001, 1.0)))])
    assert [d.label for d in chart.panels[0].lines] == ["A = B"]
    assert chart.panels[1].title == "difference: A − B"
    assert chart.stacked
    assert chart.title == "A and B lie on each other"


def test_more_than_four_lines_have_a_panel_each_and_many_are_faint(study: Study, line: Drawn) -> None:
    (few,) = curve_charts("ex01", PART, [study(*(line(str(i), y=(1.0, 1.0 + i)) for i in range(5)))])
    assert [panel.title for panel in few.panels] == list("01234")
    assert few.shared_y
    (many,) = curve_charts("ex01", PART, [study(*(line(str(i), y=(1.0, 1.0 + i)) for i in range(20)))])
    (panel,) = many.panels
    assert [d.label for d in panel.lines if not d.faint] == ["0", "10", "19"]
    assert sum(d.faint for d in panel.lines) == 17


def test_more_lines_than_colours_are_told_apart_by_dash_or_panel(study: Study, line: Drawn) -> None:
    count = len(PALETTE) + 2
    (chart,) = curve_charts("ex01", PART, [study(*(line(str(i), y=(1.0, 1.0 + i)) for i in range(count)))])
    assert len(chart.panels) == count


def test_a_series_may_be_asked_to_have_its_panel(study: Study, line: Drawn) -> None:
    (chart,) = curve_charts("ex01", PART, [study(line("A"), line("B", y=(1.0, 2.0, 3.0)))], apart=True)
    assert [panel.title for panel in chart.panels] == ["A", "B"]


def test_noise_is_small_multiples_with_bands_and_single_values_on_demand(study: Study, line: Drawn) -> None:
    def noise(width: float) -> tuple[float, ...]:
        return tuple(5 + width * ((i * 7919) % 101) / 101 for i in range(240))

    curves = [replace(line(f"batch {b}", y=noise(w)), kind="noise") for b, w in ((1, 2.0), (50, 0.2))]
    (chart,) = curve_charts("ex01", PART, [study(*curves)])
    assert [panel.title for panel in chart.panels] == ["batch 1", "batch 50"]
    assert chart.title.startswith("the smaller the batch, the noisier: band 1.")
    for panel in chart.panels:
        (drawn,) = panel.lines
        assert len(drawn.x) == len(drawn.low) == 24
        assert len(drawn.raw_y) == 240
        assert not panel.log_x


def test_raw_noise_that_was_thinned_is_never_a_line_on_a_logarithmic_axis(study: Study, line: Drawn) -> None:
    y = [1 + ((i * 7919) % 101) / 101 for i in range(4800)]
    kept = minmax_indices(y, 600)
    old = replace(
        line("batch 1"), x=tuple(i + 1.0 for i in kept), y=tuple(y[i] for i in kept), scale="log-x", thinned_from=4800
    )
    (chart,) = curve_charts("ex01", PART, [study(old)])
    assert len(chart.panels[0].lines[0].x) <= 24
    assert chart.title == "loss", "of extremes alone nothing is said"
    assert "only the extremes were kept" in chart.note


def test_points_that_a_logarithm_does_not_have_are_left_out_and_counted(study: Study, line: Drawn) -> None:
    (chart,) = curve_charts("ex01", PART, [study(line(y=(1.0, 0.0, -1.0, 2.0), scale="log-y"))])
    assert chart.panels[0].lines[0].y == (1.0, 2.0)
    assert "2 points at or below zero" in chart.note
    assert chart.panels[0].log_y
