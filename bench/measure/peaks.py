"""What this machine reaches at most: float32 operations a second by a matrix product, bytes a second by a triad.

The triad is that of STREAM (J. McCalpin, "Memory bandwidth and machine balance in current high performance computers",
1995): a = b + s·c over arrays that no cache holds, of which 3 bytes count for each byte of an array. Where a processor
reads a line before it writes it, memory moves 4, and is not asked.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import cgroup
from bench.measure import clock
from bench.measure.machine import CPU, text
from bench.model import Peak

if TYPE_CHECKING:
    import torch

SECONDS = 0.3
"""For each of the two, after a first call that is not counted."""
FEWEST = 3
SIDES = {"cpu": 320, "cuda": 8192}
"""Of the square matrices; on a processor for each thread, of whose work a larger share is edges in smaller ones. A call
of a millisecond is over before the kernel gives the core to somebody else."""
SLICE = 8 * 2**20
"""Bytes of an array that one call of the triad takes on a processor, for the same reason: by the time that it comes to
the same slice again, the others have driven it out of all caches."""
BEYOND = 4
"""An array is so many times as large as the last cache, as STREAM wants it."""
SMALLEST, LARGEST = 64 * 2**20, 256 * 2**20
"""Bytes of an array: three that are larger would take longer to fill than all the rest."""
UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}


def measure(device: torch.device, threads: int) -> Peak:
    """Takes about a second: best of several calls, for whatever disturbs makes a call slower and none faster."""
    import torch

    array = array_bytes() if device.type == "cpu" else LARGEST
    with torch.inference_mode():
        return Peak(
            device=device.type,
            flops=product(device, side(device, threads)),
            bandwidth=triad(device, array, SLICE if device.type == "cpu" else array),
            threads=threads,
            array=array,
        )


def side(device: torch.device, threads: int) -> int:
    """Of the matrices of the product: as much work for each thread."""
    return SIDES[device.type] * (isqrt(threads) if device.type == "cpu" else 1)


def product(device: torch.device, side: int) -> float:
    """Operations per second of a product of two square matrices: 2 n³ of them."""
    import torch

    a, b, out = (torch.ones(side, side, device=device) for _ in range(3))
    return 2 * side**3 / best(lambda: torch.mm(a, b, out=out), device)


def triad(device: torch.device, array: int, part: int) -> float:
    """Bytes per second: of two arrays of ``array`` bytes slices of ``part`` bytes are read, one after the other, and
    those of a third are written."""
    import torch

    arrays = [torch.split(torch.ones(array // 4, device=device), part // 4) for _ in range(3)]
    whole = [slices for slices in zip(*arrays, strict=True) if slices[0].nbytes == part]
    turns = cycle(whole)

    def call() -> None:
        a, b, c = next(turns)
        torch.add(b, c, alpha=3.0, out=a)

    return 3 * part / best(call, device)


def best(call: Callable[[], Any], device: torch.device) -> float:
    """The fewest seconds of a call."""
    clock.time_block(call, 1, device)
    taken: list[float] = []
    until = clock.now() + SECONDS
    while len(taken) < FEWEST or clock.now() < until:
        wall, on_gpu, _ = clock.time_block(call, 1, device)
        taken.append(wall if on_gpu is None else on_gpu)
    return min(taken)


def array_bytes(root: Path = cgroup.ROOT) -> int:
    """Far beyond the last cache; the least where the kernel does not tell its size."""
    return min(max(SMALLEST, BEYOND * last_cache(root)), LARGEST)


def last_cache(root: Path = cgroup.ROOT) -> int:
    """Bytes of the largest cache that the first core has a part in; 0 where that is not known."""
    sizes = (text(path) for path in sorted((root / CPU / "cpu0/cache").glob("index*/size")))
    return max((int(size[:-1]) * UNITS[size[-1]] for size in sizes if is_size(size)), default=0)


def is_size(size: str) -> bool:
    return size[:-1].isdecimal() and size[-1] in UNITS
