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
    assert chart.height(0.05) < chart.height(0.0) < chart.height(-0.05)
    assert chart.height(9.0) == chart.TOP
    assert chart.height(-9.0) == chart.HEIGHT - chart.BOTTOM


def test_what_is_not_a_number_is_not_drawn() -> None:
    same, more = chart.drawings([reading(low=float("nan"))])
    assert [len(group.bars) for group in same.groups] == [0]
    assert more.groups == ()


def test_a_ratio_in_words() -> None:
    assert re.fullmatch(r"\+5\.00 % \(\+\d\.\d\d % to \+\d\.\d\d %\)", chart.words(reading(0.05)))
