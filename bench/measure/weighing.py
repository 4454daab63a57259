"""Every meter of memory on one variant, each in a call of its own on a fresh set-up.

The resident peak comes first, undisturbed; then the peak of tensor bytes, whose profiler takes memory itself; and where
the call was seen to have child processes, their peak.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import thread_time
from typing import TYPE_CHECKING, Any

from bench.measure import children, memory, tensor_bytes
from bench.model import Memory

if TYPE_CHECKING:
    import torch

Call = Callable[[], Any]
LONGEST = 1.0
"""Seconds that the thread computes, whatever else the machine does. The profiler takes 2 KB for each block of memory,
and a second has room for half a million of them: tensors of longer calls are not counted."""


@dataclass(slots=True)
class Keeper:
    """Fresh calls whose last answer is kept, so that what was weighed can be held against the truth."""

    make: Callable[[], Call]
    result: Any = None

    def fresh(self) -> Call:
        call, self.result = self.make(), None

        def keep() -> None:
            self.result = call()

        return keep


@dataclass(slots=True)
class Timed:
    """A call and the seconds of its thread: of the call alone, since meters also collect the garbage of a big heap."""

    call: Call | None
    seconds: float = 0.0

    def __call__(self) -> None:
        assert self.call is not None
        start = thread_time()
        self.call()
        self.seconds = thread_time() - start

    def release(self) -> float:
        """Give the seconds and let the call go, whose set-up would be in memory beside the next one."""
        self.call = None
        return self.seconds


def weigh(fresh: Callable[[], Call], device: torch.device) -> Memory:
    """The peaks above the baseline of the first call on a set-up, in bytes. ``fresh`` sets up and gives the call."""
    first, before = Timed(fresh()), children.Kin.now()
    weighed = memory.weigh(first, device)
    born = children.Kin.now() != before
    return replace(
        weighed,
        tensors=_tensors(fresh, weighed, device, first.release()),
        children=children.peak(fresh()) if born else None,
    )


def _tensors(fresh: Callable[[], Call], weighed: Memory, device: torch.device, seconds: float) -> int | None:
    if device.type != "cpu":
        return weighed.peaks[0]  # the allocator's own statistics
    return tensor_bytes.peak(fresh()) if seconds <= LONGEST else None
