"""A history as charts."""

import pytest

from bench.analysis import trend
from bench.report.trend import drawing
from tests import histories


def test_a_variant_has_its_runs_and_where_something_changed_its_levels() -> None:
    ours = histories.told(histories.stepped(30, 20, 1.2), histories.noisy(30, seed=1))
    (chart,) = drawing.charts(ours, 5)
    (panel,) = chart.panels
    runs = [line for line in panel.lines if line.style == "points"]
    levels = [line for line in panel.lines if line.style == "law"]
    assert [line.label for line in runs] == ["a", "b"]
    assert [[round(x) for x in line.x] for line in levels] == [[1, 20], [21, 30]]
    assert panel.y_label == "time in ms, lower is better"
    assert chart.title == "a: 21 ± 4 % slower since 000001500 (2026-10-21)"
    assert "bar: its slowest and fastest process" in chart.subtitle


def test_many_runs_are_medians_of_stretches_with_a_band() -> None:
    values = histories.noisy(90)
    (chart,) = drawing.charts(histories.told(values), 5)
    (line,) = chart.panels[0].lines
    assert (line.style, len(line.x), line.x[0]) == ("line", 45, 1.5)
    assert (line.low[0], line.high[0]) == (1e3 * min(values[:2]), 1e3 * max(values[:2]))
    assert chart.title == "No change was seen"
    assert chart.subtitle.startswith("ex07.b.speed on cpu. Line: medians of 2 runs each, band: the lowest and highest")


def test_a_title_names_two_changes_and_counts_the_others() -> None:
    ours = histories.told(*(histories.stepped(30, 20, 1.2, seed) for seed in range(4)))
    (chart,) = drawing.charts(ours, 5)
    assert chart.title.count("slower since") == 2
    assert chart.title.endswith("; 2 more")


def test_other_surroundings_are_an_upright_line_with_its_words() -> None:
    runs = [histories.past(number, torch="2.15" if number > 1 else "2.14") for number in range(4)]
    ours = trend.of_history(histories.history([1.0, 1.0, 2.0, 2.0], runs=runs), histories.question(), lambda run: True)
    (chart,) = drawing.charts(ours, 5)
    rule, first, second = chart.panels[0].lines
    assert (rule.x, rule.label) == ((2.5, 2.5), "")
    assert ([round(x) for x in first.x], [round(x) for x in second.x]) == ([1, 2], [3, 4])
    assert first.hue == second.hue
    (caption,) = chart.panels[0].captions
    assert caption.text == "torch 2.14 → 2.15"
    heights = [y for _, y in caption.places]
    assert {x for x, _ in caption.places} == {2.5}
    assert heights == sorted(heights, reverse=True), "its words stand as high as there is room"
    assert (heights[0], heights[-1]) == pytest.approx(rule.y[::-1])


def test_lines_of_cases_with_a_change_come_first_and_others_are_left_out() -> None:
    cases = [histories.case(parameters={"n": n}) for n in (1, 2, 3)]
    columns = histories.noisy(30), histories.noisy(30, 1), histories.stepped(30, 20, 1.2)
    ours = trend.of_history(histories.history(*columns, cases=cases), histories.question(), lambda run: True)
    first, second = drawing.charts(ours, 2)
    assert (first.slug, second.slug) == ("trend-ex07-b-speed-n-3-on-cpu", "trend-ex07-b-speed-n-1-on-cpu")
