"""The peak of memory that one call needs above what its set-up already holds.

On Linux the kernel keeps the peak itself (``VmHWM``) and lets us reset it; elsewhere a thread samples the resident
size. ``ru_maxrss`` is never used: a child inherits its parent's. On CUDA the allocator keeps peaks.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from bench import cgroup
from bench.model import Memory

if TYPE_CHECKING:
    import torch

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")
VMSTAT = "proc/vmstat"
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""The names of glibc's malloc.h."""
BLOCK = 64 * 1024
"""From this size in bytes on, a block is returned to the system when it is freed."""


def weigh(call: Callable[[], Any], device: torch.device) -> Memory:
    """Call once and give the peak above the baseline, in bytes."""
    settle()
    if device.type == "cuda":
        return _cuda(call, device)
    return _resettable(call) if can_reset() else _sampled(call)


def return_memory_at_once() -> None:
    """Have the C library map every larger block by itself, and give it back when it is freed.

    By default glibc moves its threshold with the blocks that it sees and keeps what was freed for later, so that the
    same call has one peak or another by chance. To be called before the set-up.
    """
    with suppress(AttributeError, OSError):  # not glibc
        # Setting one of them is what stops glibc from moving both (mallopt(3), M_MMAP_THRESHOLD).
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, BLOCK)
        mallopt(M_TRIM_THRESHOLD, BLOCK)


def settle() -> None:
    """Give freed memory back to the system, so that it can not hide a later peak."""
    gc.collect()  # first: objects in circles hold blocks that could be given back
    with suppress(AttributeError, OSError):  # not glibc: nothing to trim
        ctypes.CDLL(None).malloc_trim(0)


def can_reset() -> bool:
    """Whether the kernel lets this process reset its own peak."""
    try:
        CLEAR.write_text("5")
    # 5 resets VmHWM (proc(5), since Linux 4.0). Only trying tells whether one may: containers can hold /proc read-only.
    except OSError:
        return False
    return STATUS.is_file()


def _status(field: str) -> int:
    for line in STATUS.read_text().splitlines():
        if line.startswith(field + ":"):
            # The kernel writes kB, and means 1024 bytes.
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"{STATUS} has no {field}")


def _resettable(call: Callable[[], Any]) -> Memory:
    CLEAR.write_text("5")
    baseline = _status("VmRSS")
    call()
    return Memory((max(0, _status("VmHWM") - baseline),), baseline, "VmHWM")


def _sampled(call: Callable[[], Any]) -> Memory:
    import psutil

    process = psutil.Process()
    baseline = process.memory_info().rss
    with _sampler(lambda: process.memory_info().rss) as sizes:
        call()
    return Memory((max(0, max(sizes) - baseline),), baseline, "psutil, sampled every ms")


@contextmanager
def _sampler(read: Callable[[], int]) -> Iterator[list[int]]:
    # One reading here and one at the end: a short call may be over before the thread has woken once.
    sizes, done = [read()], Event()

    def watch() -> None:
        while not done.wait(0.001):
            sizes.append(read())

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield sizes
    finally:
        sizes.append(read())
        done.set()
        thread.join()


def _cuda(call: Callable[[], Any], device: torch.device) -> Memory:
    import torch

    torch.cuda.synchronize(device)
    # Blocks that the allocator keeps for later would be reserved already, and new reservations unseen.
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)
    baseline, held = torch.cuda.memory_allocated(device), torch.cuda.memory_reserved(device)
    call()
    torch.cuda.synchronize(device)
    peak = torch.cuda.max_memory_allocated(device) - baseline
    return Memory((peak,), baseline, "CUDA allocator", torch.cuda.max_memory_reserved(device) - held)


def oom_kills(root: Path = cgroup.ROOT) -> int:
    """How many processes the kernel has killed for want of memory until now (0 where it does not say).

    Those of the control group of this process alone, where the kernel counts them apart: on a machine that others use,
    too, the death of theirs says nothing of ours.
    """
    if (kills := cgroup.oom_kills(root)) is not None:
        return kills
    try:
        counters = dict(line.split() for line in (root / VMSTAT).read_text().splitlines())
    except (OSError, ValueError):
        return 0
    return int(counters.get("oom_kill", 0))
