"""Lines that lie on each other become one, and what they differ by is kept."""

from __future__ import annotations

from bench.report.charts.coincident import difference_panel, together
from bench.report.charts.model import Line, Panel

X = (0.0, 1.0, 2.0)


def line(label: str, *y: float) -> Line:
    return Line(label=label, x=X[: len(y)], y=y)


def test_lines_within_a_hair_are_one_and_others_are_not() -> None:
    found = together([line("A", 0, 5, 10), line("B", 0, 5.04, 10), line("C", 0, 5.06, 10)], log=False)
    assert [merged.label for merged in found.lines] == ["A = B", "C"]
    (apart,) = found.apart
    assert apart.label == "A − B"
    assert [round(y, 3) for y in apart.y] == [0, -0.04, 0]


def test_equal_lines_have_no_difference_to_draw() -> None:
    found = together([line("A", 1, 2, 3), line("B", 1, 2, 3)], log=True)
    assert [merged.label for merged in found.lines] == ["A = B"]
    assert found.apart == ()


def test_lines_are_compared_at_every_x_of_either() -> None:
    spike = Line(label="B", x=(0.0, 0.5, 2.0), y=(0.0, 9.0, 10.0))
    assert len(together([line("A", 0, 5, 10), spike], log=False).lines) == 2


def test_a_logarithmic_axis_shows_small_differences_of_small_values() -> None:
    lines = [line("A", 1, 1e-3, 1e-6), line("B", 1, 1e-3, 2e-6)]
    assert len(together(lines, log=False).lines) == 1
    assert len(together(lines, log=True).lines) == 2


def test_seeds_of_one_line_stay_apart() -> None:
    assert len(together([line("A", 1, 2, 3), line("A", 1, 2, 3)], log=False).lines) == 2


def test_the_difference_has_a_low_panel_that_says_whose_it_is() -> None:
    panel = difference_panel(Panel(lines=(), title="train", x_label="epoch"), (line("A − B", 1, 2, 3),))
    assert (panel.title, panel.x_label) == ("train, difference: A − B", "epoch")
    assert panel.share < 1
