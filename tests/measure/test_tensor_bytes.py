"""Tensor bytes are a sum of sizes, to the byte."""

import numpy as np
import pytest
import torch

from bench.measure import tensor_bytes

MIB = 2**20


def block(mib: int) -> torch.Tensor:
    return torch.empty(mib * MIB, dtype=torch.uint8)


def test_a_tensor_has_the_bytes_of_its_elements() -> None:
    assert tensor_bytes.peak(lambda: torch.empty(3, 5, 7)) == 3 * 5 * 7 * 4
    assert tensor_bytes.peak(lambda: torch.empty(1000, dtype=torch.float64)) == 8000


def test_the_peak_is_of_what_is_alive_together() -> None:
    def call() -> torch.Tensor:
        first, second = block(1), block(2)
        del first
        third = block(4)  # 6 MiB now
        del third
        return second

    assert tensor_bytes.peak(call) == 6 * MIB


def test_a_temporary_counts_though_it_is_freed() -> None:
    x = torch.ones(250_000)
    assert tensor_bytes.peak(lambda: x + x * x) == 2_000_000
    assert tensor_bytes.peak(lambda: (x + x).mul_(x)) == 1_000_000


def test_what_autograd_keeps_for_the_backward_pass_counts() -> None:
    w = torch.ones(1000, requires_grad=True)
    forward = tensor_bytes.peak(lambda: (w * w * w).sum())
    assert forward is not None
    assert forward >= 2 * 4000


def test_it_is_the_same_each_time() -> None:
    x = torch.ones(64, 3, 8, 8)
    convolution = torch.nn.Conv2d(3, 4, 3)
    assert len({tensor_bytes.peak(lambda: convolution(x)) for _ in range(5)}) == 1


def test_what_was_there_before_and_what_is_not_torchs_do_not_count() -> None:
    held = torch.ones(MIB)
    assert tensor_bytes.peak(lambda: held[:8]) == 0
    assert tensor_bytes.peak(lambda: np.ones(MIB)) == 0
    assert tensor_bytes.peak(lambda: torch.from_numpy(np.ones(MIB))) == 0


def test_what_cannot_be_counted_is_none_and_the_next_is_counted() -> None:
    def fails() -> None:
        raise ValueError

    assert tensor_bytes.peak(fails) is None
    assert tensor_bytes.peak(lambda: tensor_bytes.peak(lambda: block(1))) is None, "it uses the profiler itself"
    assert tensor_bytes.peak(lambda: block(1)) == MIB


def test_the_profiler_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    tensor_bytes.peak(lambda: block(1))
    assert capfd.readouterr().err == ""


def test_a_running_sum_begins_at_nothing() -> None:
    assert tensor_bytes.highest([]) == 0
    assert tensor_bytes.highest([-5, 3]) == 0
    assert tensor_bytes.highest([1, 4, -3, 2, -4]) == 5
