"""The drawing: every sound ratio is in it, at its height."""

import re

from bench.selftest import chart
from tests.selftest.planting import reading, sound


def test_every_ratio_has_its_bar_in_its_group() -> None:
    same, more = chart.drawings(sound())
    assert [(group.title, len(group.bars)) for group in same.groups] == [
        ("installed exercises", 200),
        ("planted work", 40),
    ]
    assert [(group.title, len(group.bars)) for group in more.groups] == [("+2 %", 20), ("+5 %", 20), ("+10 %", 20)]
    for drawing in (same, more):
        assert all(chart.LEFT < bar.x < chart.WIDTH for group in drawing.groups for bar in group.bars)
        assert drawing.groups[-1].right <= chart.WIDTH + 1e-6


def test_what_is_slower_stands_higher_and_what_is_beyond_is_cut_off() -> None:
    scale = chart.Scale(-0.1, 0.2)
    assert scale.height(0.05) < scale.height(0.0) < scale.height(-0.05)
    assert scale.height(9.0) == chart.TOP
    assert scale.height(-9.0) == chart.HEIGHT - chart.BOTTOM


def test_a_drawing_reaches_as_far_as_most_of_the_intervals() -> None:
    narrow, wide = [reading(half=0.008)] * 99, reading(half=0.3)
    assert chart.scale_for([*narrow, wide]) == chart.Scale(-0.02, 0.02)
    assert chart.scale_for([wide]) == chart.Scale(-0.2, 0.2)
    assert chart.scale_for([reading(0.1)]) == chart.Scale(-0.02, 0.02 + 0.1)
    assert [words for _, words in chart.Scale(-0.05, 0.15).ticks()] == ["−5 %", "0 %", "+5 %", "+10 %", "+15 %"]
    assert [words for _, words in chart.Scale(-0.02, 0.02).ticks()] == ["−2 %", "−1 %", "0 %", "+1 %", "+2 %"]


def test_what_is_not_a_number_is_not_drawn() -> None:
    same, more = chart.drawings([reading(low=float("nan"))])
    assert [len(group.bars) for group in same.groups] == [0]
    assert more.groups == ()


def test_a_ratio_in_words() -> None:
    assert re.fullmatch(r"\+5\.00 % \(\+\d\.\d\d % to \+\d\.\d\d %\)", chart.words(reading(0.05)))
