"""ex12: the solver fills exactly the starred cells, forgets no layer that fits, and says which cells it chose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_exercises.ex12_alexnet_table.a_solver import Filled, layers_of, row, solutions, solve
from bench_exercises.ex12_alexnet_table.by_hand import Convolution, FullyConnected, Pooling
from bench_exercises.ex12_alexnet_table.problem import ALEXNET, INPUT, PADDING_OPEN, PRINTED, STAR, STRIDE_OPEN, Row

shapes = st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 12))


def windows(filled: Filled) -> list[tuple[int, int, int]]:
    return [tuple(filled.value(cell, one) for cell in ("kernel", "stride", "padding")) for one in filled.candidates]


def test_solutions_of_the_rows_that_leave_a_choice():
    printed = solve(PRINTED)
    assert windows(row(2, printed)) == [(11, 4, 0), (11, 4, 1)]
    assert windows(row(4, printed)) == [(1, 1, 0)]
    assert windows(row(4, solve(PADDING_OPEN))) == [(2 * p + 1, 1, p) for p in range(14)]
    assert windows(row(4, solve(STRIDE_OPEN))) == [(1, 1, 0)]
    assert windows(row(4, solve(ALEXNET))) == [(5, 1, 2)]
    assert windows(row(7, printed)) == [(3, 1, 1)]
    assert windows(row(8, printed)) == [(2 * p + 1, 1, p) for p in range(7)]
    assert windows(row(9, printed)) == [(3, 2, 0)]


def test_no_parameters_make_row_3_a_pooling_with_stride_2():
    assert set(row(3, solve(PRINTED)).candidates) == {Pooling(3, 2), Pooling(3, 2, of="average")}


def test_layers_that_fill_the_table():
    assert layers_of(solve(PRINTED)) == [
        Convolution(channels=96, kernel=11, stride=4),
        Pooling(3, 2),
        Convolution(channels=256, kernel=1),
        Pooling(3, 2),
        Convolution(channels=384, kernel=3, padding=1),
        Convolution(channels=384, kernel=3, padding=1),
        Convolution(channels=256, kernel=3, padding=1),
        Pooling(3, 2),
        *map(FullyConnected, (4096, 4096, 1000)),
    ]


def test_a_cell_has_a_status_where_and_only_where_it_is_starred():
    for filled in solve(PRINTED):
        for cell in ("type", "into", "out", "kernel", "padding", "stride", "shape", "parameters"):
            solved = filled.status(cell) in ("forced", "chosen")
            assert solved == (cell in filled.row.starred), (filled.row.number, cell)
            if filled.status(cell) == "printed":
                assert filled.value(cell) == getattr(filled.row, cell)


def test_cells_that_had_to_be_chosen():
    chosen = {(f.row.number, cell) for f in solve(PRINTED) for cell in f.row.starred if f.status(cell) == "chosen"}
    assert chosen == {(2, "padding"), (3, "type"), (8, "kernel"), (8, "padding"), (8, "parameters")}


@given(
    before=shapes,
    channels=st.integers(1, 4),
    height=st.integers(1, 12),
    width=st.integers(1, 12),
    known_stride=st.booleans(),
)
def test_solver_is_exhaustive(before, channels, height, width, known_stride):
    asked = Row(
        number=2,
        shape=(channels, height, width),
        out=STAR,
        kernel=STAR,
        padding=STAR,
        stride=1 if known_stride else STAR,
    )
    found = set(solutions(asked, before))
    size = min(before[1:])
    for kernel in range(1, size + 1):
        for stride in (1,) if known_stride else range(1, size + 1):
            for padding in range(kernel // 2 + 1):
                sizes = tuple((n + 2 * padding - kernel) // stride + 1 for n in before[1:])
                for layer in (
                    Convolution(channels=channels, kernel=kernel, stride=stride, padding=padding),
                    Pooling(kernel, stride, padding),
                    Pooling(kernel, stride, padding, "average"),
                ):
                    kept = isinstance(layer, Convolution) or channels == before[0]
                    assert (layer in found) == (sizes == (height, width) and kept)


def test_given_parameters_decide_type_and_kernel():
    asked = Row(number=2, shape=(384, 13, 13), stride=1, kernel=STAR, padding=STAR, parameters=STAR)
    assert {type(layer) for layer in solutions(asked, (384, 13, 13))} == {Convolution, Pooling}
    named_count = replace(asked, parameters=384 * 384 * 25 + 384)
    assert list(solutions(named_count, (384, 13, 13))) == [Convolution(channels=384, kernel=5, stride=1, padding=2)]


def test_a_width_comes_from_the_count_or_from_the_row_that_follows():
    counted = Row(number=2, type="linear", out=STAR, parameters=70)
    assert list(solutions(counted, (6, 1, 1))) == [FullyConnected(10)]
    assert list(solutions(replace(counted, parameters=STAR), (6,), out=7)) == [FullyConnected(7)]


def test_a_printed_input_that_is_not_what_comes_in_is_refused():
    with pytest.raises(ValueError, match=r"no layer takes \(3, 8, 8\) through the printed cells of row 2"):
        solve((Row(number=2, type="convolution layer", into=4, out=1000, kernel=3, padding=1, stride=1),), (3, 8, 8))


def test_a_row_that_nothing_fits_is_refused():
    with pytest.raises(ValueError, match=r"no layer takes \(3, 8, 8\) .* row 2"):
        solve((Row(number=2, shape=(1000, 9, 9), kernel=3, stride=1, padding=0),), (3, 8, 8))


def test_a_row_whose_output_stays_open_is_refused():
    with pytest.raises(ValueError, match="row 2 leave its output open"):
        solve((Row(number=2, type="convolution layer", out=1000, kernel=3, padding=STAR, stride=1),), (3, 8, 8))


def test_cells_that_are_neither_printed_nor_asked_for():
    fifth = row(5, solve(PRINTED))
    assert [fifth.status(cell) for cell in ("into", "out", "padding")] == ["not asked"] * 3
    assert fifth.line.before == (256, 27, 27)
    assert INPUT == (3, 227, 227)
