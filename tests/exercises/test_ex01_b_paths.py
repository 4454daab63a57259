"""ex01.b: paths and multiplications, counted on paper."""

import pytest
import torch

from bench_exercises.ex01_one_step_by_hand import b_paths


def test_paths_and_counts_worked_out_on_paper():
    net = b_paths.evaluate(*b_paths.draw((3, 4, 4, 4, 1), torch.Generator().manual_seed(1)))
    assert len(list(b_paths.paths(net.widths))) == 192
    assert b_paths.first_layer(net)[2:] == (192 * 7, 61)
    assert b_paths.path_multiplications((*[10] * 10, 1)) == 19 * 10**10
    assert b_paths.path_multiplications((2, 3, 1), layer=2) == 3


@pytest.mark.parametrize("widths", [(2, 1), (1, 1, 1), (3, 2, 5, 1)])
def test_counts_in_closed_form_hold_for_other_nets(widths):
    net = b_paths.evaluate(*b_paths.draw(widths, torch.Generator().manual_seed(2)))
    expected = b_paths.path_multiplications(widths), b_paths.backpropagation_multiplications(widths)
    assert b_paths.first_layer(net)[2:] == expected
