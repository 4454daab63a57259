"""ex12: the print of the table is read as it stands."""

from __future__ import annotations

import pytest

from bench_exercises.ex12_alexnet_table.problem import ALEXNET, PRINTED, STAR, Row, read


def test_stars_of_every_row():
    everything = ("into", "out", "kernel", "padding", "stride")
    assert {row.number: row.starred for row in PRINTED} == {
        2: ("into", "out", "padding", "parameters"),
        3: ("type", "into", "out", "stride"),
        4: ("into", "out", "kernel", "parameters"),
        5: ("shape", "parameters"),
        6: ("shape", "parameters"),
        7: ("out", "shape"),
        8: (*everything, "parameters"),
        9: ("into", "out", "padding", "stride", "parameters"),
        10: ("into", "out", "parameters"),
        11: ("out", "parameters"),
        12: ("out", "shape", "parameters"),
    }


def test_a_row_is_read_cell_by_cell():
    assert PRINTED[5] == Row(
        number=7,
        type="convolution layer",
        into=384,
        out=STAR,
        kernel=3,
        padding=1,
        stride=1,
        shape=STAR,
        parameters=1_327_488,
    )
    assert read("10 | linear | from * to 7 | - | -") == Row(number=10, type="linear", into=STAR, out=7)


def test_the_fourth_row_alone_is_read_anew():
    assert [row.number for row, sheet in zip(ALEXNET, PRINTED, strict=True) if row != sheet] == [4]


def test_a_line_of_another_form_is_refused():
    with pytest.raises(ValueError, match="not enough values to unpack"):
        read("2 | linear | from 1 to 2")
