"""What the machine did to a block besides doing it: how long the thread was ready to run and had no core.

The kernel counts that for every thread (``/proc/thread-self/schedstat``: nanoseconds on a core, nanoseconds waiting for
one, and turns). Where it does not say, nothing is known, and no block is held to have been disturbed. What disturbs
without taking the core away, a neighbour's use of caches and of memory, is not seen here: it is why the blocks of all
variants are interleaved.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

SCHEDSTAT = Path("/proc/thread-self/schedstat")
NANO = 1e-9
MOST = 0.02
"""A block that waited a larger share of its time than this is taken again."""


@dataclass(slots=True)
class Waiting:
    """Reads how long a thread has waited for a core; a context. Without a ``path`` it is the thread that opens it."""

    path: Path = SCHEDSTAT
    handle: int = -1

    def __enter__(self) -> Waiting:
        try:
            self.handle = os.open(self.path, os.O_RDONLY)
        except OSError:
            self.handle = -1
        return self

    def __exit__(self, *_: object) -> None:
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    @property
    def is_known(self) -> bool:
        return self.handle >= 0

    def seconds(self) -> float:
        """Seconds since the thread began; 0 where the kernel does not say. It takes a few microseconds to read."""
        return self._read(1)

    def computed(self) -> float:
        """Seconds that the thread has had a core; 0 where the kernel does not say."""
        return self._read(0)

    def _read(self, field: int) -> float:
        try:
            return int(os.pread(self.handle, 64, 0).split()[field]) * NANO if self.handle >= 0 else 0.0
        except OSError:  # the thread has ended
            return 0.0


def waiting_of(pid: int) -> Waiting:
    """The main thread of another process."""
    return Waiting(Path(f"/proc/{pid}/task/{pid}/schedstat"))


def computed_by(pid: int) -> float:
    """Seconds that all threads of a process have had a core, those that have ended too; 0 where nobody says."""
    try:
        # As clock_getcpuclockid(3) has it: the number inverted, above three bits that ask for what the scheduler knows.
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0
