"""ex10, d: one output says what two say."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from bench.testing import claims, failed, lab, run_part
from bench_exercises.ex10_batch_size import exercise
from bench_exercises.ex10_batch_size.network import one_output_loss, one_output_right
from bench_exercises.ex10_batch_size.problem import is_zero


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.booleans()), min_size=1, max_size=9))
def test_one_output_says_what_two_say(given):
    z = torch.tensor([pair[:2] for pair in given], dtype=torch.float64)
    y = torch.tensor([pair[2] for pair in given]).long()
    d = z[:, 1] - z[:, 0]
    torch.testing.assert_close(one_output_loss(d, y), F.cross_entropy(z, y), rtol=1e-12, atol=1e-12)
    assert torch.equal(one_output_right(d[:, None], y), ((d > 0).long() == y))


def test_the_classes():
    assert is_zero(torch.tensor([0, 3, 9, 0])).tolist() == [1, 0, 0, 1]


@pytest.mark.parametrize("seed", [3])
def test_claims_hold(seed):
    found = run_part(exercise, "d", lab(seed))
    assert failed(found) == {}
    assert len(claims(found)) == len(found.claims) == 25
