"""A ceiling for the memory of a process: what asks for more is refused, and nothing else on the machine is hurt.

On the CPU it is a limit of private writable memory (``RLIMIT_DATA``, setrlimit(2), since Linux 4.7), counted when it is
asked for and not when it is touched; on CUDA a share of the device, which torch's allocator keeps to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.errors import Missing

STATUS = Path("/proc/self/status")


@contextmanager
def ceiling(limit: int | None, device: str) -> Iterator[None]:
    """Give this process at most ``limit`` bytes beyond what it holds now; ``None`` is no limit. On CUDA it is all that
    torch may hold there. Raises ``Missing`` where no such limit can be set."""
    if limit is None:
        yield
    elif device == "cuda":
        with _share(limit):
            yield
    else:
        with _data(limit):
            yield


@contextmanager
def _data(limit: int) -> Iterator[None]:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = held() + limit
    allowed = [each for each in (soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([wanted, *allowed]), hard))
    try:
        yield
    finally:
        # What comes after must not die of it: the words for what went wrong take memory, too.
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def held() -> int:
    """The private writable memory of this process in bytes, as the limit counts it."""
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmData:"):
            # The kernel writes kB, and means 1024 bytes.
            return int(line.split()[1]) * 1024
    raise Missing(f"a limit of memory needs Linux: {STATUS} says nothing of VmData")


@contextmanager
def _share(limit: int) -> Iterator[None]:
    import torch

    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, limit / total))
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
