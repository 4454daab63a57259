"""The only reader of clocks, and the only synchroniser."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

NANO = 1e-9


def now() -> float:
    """Seconds on a clock that only runs forward."""
    return perf_counter_ns() * NANO


def synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        import torch

        torch.cuda.synchronize(device)


def time_block(call: Callable[[], Any], calls: int, device: torch.device) -> tuple[float, float | None, Any]:
    """Time ``calls`` calls: wall seconds, GPU seconds where there is one, and what the last call gave."""
    if device.type == "cuda":
        return _time_cuda_block(call, calls, device)
    result = None
    start = perf_counter_ns()
    for _ in repeat(None, calls):
        result = call()
    # The last result is handed out so that it can be checked outside the clock.
    return (perf_counter_ns() - start) * NANO, None, result


def _time_cuda_block(call: Callable[[], Any], calls: int, device: torch.device) -> tuple[float, float, Any]:
    import torch

    # Events are stamped on the GPU's own clock as it reaches them: the wait of the synchronisation is not in them.
    before, after = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
    result = None
    torch.cuda.synchronize(device)
    start = perf_counter_ns()
    before.record()
    for _ in repeat(None, calls):
        result = call()
    after.record()
    torch.cuda.synchronize(device)
    wall = (perf_counter_ns() - start) * NANO
    return wall, before.elapsed_time(after) * 1e-3, result
