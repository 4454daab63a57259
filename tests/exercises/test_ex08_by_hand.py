"""ex08: one formula over different axes is every normalisation layer."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from bench.kit.compare import max_error
from bench_exercises.ex08_normalisation import by_hand


def column(*values):
    return torch.tensor(values, dtype=torch.float64)[:, None]


def test_normalising_on_paper():
    assert by_hand.normalise(column(1, 3), (0,), eps=0).flatten().tolist() == [-1, 1]
    assert by_hand.over_batch(column(1, 3), eps=3).flatten().tolist() == [-0.5, 0.5]
    assert by_hand.over_features(column(1, 3).T, eps=0).flatten().tolist() == [-1, 1]


@given(st.integers(2, 6), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_one_formula_is_every_layer(batch, width, side, seed):
    x = torch.randn(batch, width, side, 2, generator=torch.Generator().manual_seed(seed)).double()
    assert max_error(by_hand.over_batch(x), F.batch_norm(x, None, None, training=True)) < 1e-10
    assert max_error(by_hand.over_features(x), F.layer_norm(x, x.shape[1:])) < 1e-10
