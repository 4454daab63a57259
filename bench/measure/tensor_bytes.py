"""The peak of tensor bytes: what torch's allocator handed out for tensors and had not been given back.

Unlike resident memory it is a sum of sizes, and the same in every process. torch keeps no such statistics for the CPU,
but tells its profiler of every block that it allocates and frees; their running sum is taken here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

MEMORY = "[memory]"
"""What torch calls the profiler's events of the allocator (``torch.autograd.profiler_util.MEMORY_EVENT_NAME``)."""
LOUD = "KINETO_LOG_LEVEL"


def peak(call: Callable[[], Any]) -> int | None:
    """Call once and give the peak of tensor bytes above what was there before; ``None`` where it cannot be counted.

    Blocks of the CPU's allocator are counted that this thread allocates. Not seen: what NumPy, Numba, other libraries
    and other threads allocate; and a block of the set-up that the call frees stays counted with the set-up.
    """
    events: list[Any] = []
    # The call was weighed before: one that only the profiler stops (it may be using it) has no such peak.
    try:
        with _recorded(events):
            call()
    except Exception:
        return None
    blocks = [event for event in events if event.name() == MEMORY and event.device_type().name == "CPU"]
    blocks.sort(key=lambda event: event.start_ns())
    return highest(event.nbytes() for event in blocks)


def highest(changes: Iterable[int]) -> int:
    """The highest value of a running sum that begins at 0."""
    return max(accumulate(changes, initial=0))


@contextmanager
def _recorded(events: list[Any]) -> Iterator[None]:
    import torch
    from torch.autograd.profiler import profile
    from torch.profiler import ProfilerActivity

    native: Any = torch._C._autograd  # the stubs know neither scopes nor half of the names
    settings: Any = profile(use_kineto=True, profile_memory=True)
    activities, config = {ProfilerActivity.CPU}, settings.config()
    with _silent():
        native._prepare_profiler(config, activities)
        # Of the operators themselves nothing is wanted, and they would take several times the memory of the blocks.
        native._enable_profiler(config, activities, {torch._C._profiler.RecordScope.USER_SCOPE})
    try:
        yield
    finally:
        if not native._profiler_enabled():
            raise RuntimeError("the call has ended the profiler that watched it")
        events += native._disable_profiler().events()


@contextmanager
def _silent() -> Iterator[None]:
    """The profiler reports its own start, and a missing GPU, on stderr; it reads how much it may say at its first."""
    before = os.environ.get(LOUD)
    os.environ[LOUD] = "99"
    try:
        yield
    finally:
        if before is None:
            del os.environ[LOUD]
        else:
            os.environ[LOUD] = before
