"""Every meter weighs the first call on a set-up of its own."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch

from bench.measure import memory, weighing

CPU = torch.device("cpu")
MIB = 2**20
LARGE = 64 * MIB
"""Above 32 MiB the C library never gives what others have freed, which would have been in memory before."""


def test_both_peaks_are_of_a_first_call_on_a_fresh_set_up() -> None:
    set_ups: list[list[torch.Tensor]] = []

    def fresh() -> Callable[[], Any]:
        kept: list[torch.Tensor] = []
        set_ups.append(kept)

        def call() -> None:
            if not kept:
                kept.append(torch.ones(LARGE, dtype=torch.uint8))

        return call

    weighed = weighing.weigh(fresh, CPU)
    assert weighed.tensors == LARGE
    assert LARGE - MIB < weighed.peaks[0] < LARGE + 8 * MIB
    assert weighed.children is None
    assert len(set_ups) == 2


def test_tensors_of_a_long_call_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "LONGEST", 0.0)
    assert weighing.weigh(lambda: lambda: torch.ones(MIB), CPU).tensors is None


def test_garbage_of_a_big_heap_does_not_lengthen_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    def collect() -> None:
        clock[0] += 2 * weighing.LONGEST

    monkeypatch.setattr(weighing, "thread_time", lambda: clock[0])
    monkeypatch.setattr(memory, "settle", collect)
    assert weighing.weigh(lambda: lambda: torch.ones(MIB), CPU).tensors == 4 * MIB


def test_children_are_named() -> None:
    def call() -> None:
        subprocess.run([sys.executable, "-S", "-c", ""], check=True)

    assert weighing.weigh(lambda: call, CPU).children is not None
