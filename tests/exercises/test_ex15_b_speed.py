"""ex15.b.speed: every way to dx gives the same, and what the problem asks for is what is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import float32
from torch.utils.flop_counter import FlopCounterMode

from bench.kit.compare import max_error
from bench.testing import lab, variants
from bench_exercises.ex15_conv1d_backward import b_speed, exercise


@given(st.integers(2, 40), st.integers(1, 40), st.integers(1, 3))
def test_ways_to_dx_agree(n, m, batch):
    ways = b_speed.variants(lab(), n, min(m, n), batch)
    expected = ways["autograd"]()
    for name, way in ways.items():
        assert max_error(way(), expected) <= 1e-12, name


def test_a_kernel_that_does_not_fit_is_named():
    with pytest.raises(ValueError, match="m=9, n=8"):
        b_speed.variants(lab(dtype=float32), 8, 9, 1)


@pytest.mark.parametrize(("n", "m"), [(64, 3), (64, 63), (512, 3)])
def test_operations_and_bytes_of_dx_are_those_that_are_seen(n, m):
    part = exercise.parts["b.speed"]
    call = variants(exercise, "b.speed", lab(dtype=float32), n=n, m=m)["autograd"]
    with FlopCounterMode(display=False) as counter:
        dx = call()
    work = part.work(n=n, m=m)
    assert work.flops == counter.get_total_flops()
    assert work.bytes == 4 * (len(dx) * (n - m + 1) + m) + dx.nbytes
