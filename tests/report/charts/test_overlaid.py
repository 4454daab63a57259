"""Lines that share a stretch are both seen there."""

from __future__ import annotations

from bench.report.charts.model import Line, Panel, Stretch
from bench.report.charts.overlaid import in_words, pieces, told_apart


def line(label: str, *y: float, x: tuple[float, ...] = ()) -> Line:
    return Line(label=label, x=x or tuple(map(float, range(len(y)))), y=y)


def over(*lines: Line, **kinds: bool) -> list[tuple[Stretch, ...]]:
    (panel,) = told_apart([Panel(lines=lines, **kinds)])  # type: ignore[arg-type]
    return [each.over for each in panel.lines]


def test_a_beginning_of_a_longer_line_shows_between_its_dashes() -> None:
    first, (stretch,) = over(line("short", 9, 7, 5), line("long", 9, 7, 5, 3, 1))
    assert first == ()
    assert (stretch.low, round(stretch.high, 1), stretch.depth) == (0, 2, 1)
    first, (whole,) = over(line("long", 9, 7, 5, 3, 1), line("short", 9, 7, 5))
    assert (whole.low, round(whole.high, 1)) == (0, 2)


def test_a_stretch_in_the_middle_is_found_on_both_axes() -> None:
    one, other = line("a", 1, 10, 100, 1000, x=(1, 10, 100, 1000)), line("b", 5, 10, 100, 30, x=(1, 10, 100, 1000))
    _, (stretch,) = over(one, other, log_x=True, log_y=True)
    assert 9 < stretch.low < 11
    assert 95 < stretch.high < 105


def test_lines_that_cross_and_lines_apart_are_whole() -> None:
    assert over(line("a", 0, 10), line("b", 10, 0)) == [(), ()]
    assert over(line("a", 0, 10), line("b", 1, 11)) == [(), ()]


def test_three_lines_count_those_below() -> None:
    *_, last = over(line("a", 1, 2, 9), line("b", 1, 2, 5), line("c", 1, 2, 1))
    assert next(stretch.depth for stretch in last) == 2


def test_what_is_not_a_function_of_x_or_faint_is_left_alone() -> None:
    back = line("a", 1, 2, 3, x=(0, 2, 1))
    assert over(back, back) == [(), ()]
    faint = Line(label="", x=(0.0, 1.0), y=(0.0, 1.0), faint=True)
    assert over(faint, line("b", 0, 1)) == [(), ()]


def test_near_is_what_is_near_on_the_scale_of_all_panels() -> None:
    close = Panel(lines=(line("a", 1, 1.01, 1.03), line("b", 1, 1.02, 1.05)))
    (alone,) = told_apart([close])
    assert not alone.lines[1].over
    beside, _ = told_apart([close, Panel(lines=(line("far", 1, 100),))])
    assert beside.lines[1].over


def test_a_line_is_cut_at_its_stretches_and_nothing_of_it_is_lost() -> None:
    cut = Line(label="a", x=(0.0, 1.0, 2.0, 3.0), y=(0.0, 1.0, 2.0, 3.0), over=(Stretch(0.5, 2.0, 1),))
    assert pieces(cut, False, False) == [
        (0, (0.0, 0.5), (0.0, 0.5)),
        (1, (0.5, 1.0, 2.0), (0.5, 1.0, 2.0)),
        (0, (2.0, 3.0), (2.0, 3.0)),
    ]
    assert pieces(line("b", 1, 2), False, False) == [(0, (0.0, 1.0), (1, 2))]
    assert in_words([Panel(lines=(cut,))]) == "dashes of two colours: lines that lie on each other"
    assert in_words([Panel(lines=(line("b", 1),))]) == ""


def test_a_stretch_that_begins_with_a_line_leaves_no_piece_before_it() -> None:
    xs = (0.021, 0.5, 1.0)
    ours = line("ours", 1, 1, 0, x=xs)
    (panel,) = told_apart([Panel(lines=(line("first", 1, 1, 1, x=(0.0, 0.5, 1.0)), ours))])
    (stretch,) = panel.lines[1].over
    assert stretch.low == 0.021
    assert [depth for depth, _, _ in pieces(panel.lines[1], False, False)] == [1, 0]
