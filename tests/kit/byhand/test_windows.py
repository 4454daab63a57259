"""``columns`` is linear and ``overlap_add`` is its transpose: the two facts that convolutions rest on."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit.byhand.windows import columns, overlap_add, window


def draw(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@settings(max_examples=60)
@given(
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.integers(1, 5),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 3),
    more=st.tuples(st.integers(0, 4), st.integers(0, 4)),
)
def test_overlap_add_is_the_transpose_of_columns(kernel, stride, padding, dilation, more):
    w = window(kernel, stride, padding, dilation)
    spatial = tuple(max(1, r - 2 * padding + m) for r, m in zip(w.reach, more, strict=True))
    x = draw(2, 3, *spatial)
    held = columns(x, w, groups=1)
    taps = draw(*held.shape, seed=1)
    back = overlap_add(taps.view(3, *kernel, 2, *w.positions(spatial)), w, spatial)
    torch.testing.assert_close((held * taps).sum(), (x * back).sum())


def test_columns_hold_the_windows_channel_by_channel():
    x = torch.arange(8.0).view(1, 2, 4)
    held = columns(x, window((3,), 1, 0), groups=1)
    assert held.tolist() == [[[0, 1], [1, 2], [2, 3], [4, 5], [5, 6], [6, 7]]]


def test_adding_back_counts_how_often_each_value_was_seen():
    w = window((3,), 1, 0)
    assert overlap_add(torch.ones(1, 3, 1, 3), w, (5,)).flatten().tolist() == [1, 2, 3, 2, 1]
