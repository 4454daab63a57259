"""The clock runs forward, and a block is as many calls as it says."""

import torch

from bench.measure import clock

CPU = torch.device("cpu")


def test_a_block_calls_as_often_as_it_says() -> None:
    calls: list[int] = []
    seconds, gpu_seconds, last = clock.time_block(lambda: calls.append(len(calls)) or len(calls), 7, CPU)
    assert (len(calls), last, gpu_seconds) == (7, 7, None)
    assert seconds > 0


def test_what_is_done_inside_is_inside_the_time() -> None:
    before = clock.now()
    inner: list[float] = []
    seconds, _, _ = clock.time_block(lambda: inner.append(clock.now()), 3, CPU)
    after = clock.now()
    assert before <= inner[0] <= inner[1] <= inner[2] <= after
    assert inner[2] - inner[0] <= seconds <= after - before
