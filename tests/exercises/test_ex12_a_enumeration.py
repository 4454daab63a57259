"""ex12: what fits the printed cells, and that PyTorch agrees."""

from __future__ import annotations

import pytest

from bench_exercises.ex12_alexnet_table import a_enumeration as enumeration
from bench_exercises.ex12_alexnet_table.a_solver import solutions, solve
from bench_exercises.ex12_alexnet_table.problem import PRINTED
from bench_exercises.ex12_alexnet_table.reference import covering


def test_solver_and_pytorch_agree_on_what_fits():
    tried, different = enumeration.disagreements(solve(PRINTED))
    assert tried > 100
    assert different == 0


def test_a_solver_that_forgets_a_solution_would_be_noticed(monkeypatch):
    table = solve(PRINTED)
    monkeypatch.setattr(enumeration, "solutions", lambda row, before: [next(solutions(row, before))])
    assert enumeration.disagreements(table)[1] > 0


def test_a_stride_of_2_keeps_13_only_with_padding_of_nearly_a_kernel():
    assert enumeration.strides_of_any_padding(13) == {1, 2}


@pytest.mark.parametrize(("padding", "unused"), [(0, []), (1, [227, 228]), (2, [])])
def test_columns_that_no_window_of_row_2_sees(padding, unused):
    """With p = 2 there would be 56 windows, and all 231 columns in one."""
    seen = covering(227, 11, 4, padding).tolist()
    starts = range(0, 227 + 2 * padding - 10, 4)
    assert seen == [sum(start <= place < start + 11 for start in starts) for place in range(227 + 2 * padding)]
    assert [place for place, windows in enumerate(seen) if windows == 0] == unused
