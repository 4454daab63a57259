"""What the machine did besides computing: to a block, and over a whole round.

To a block: how long the thread was ready to run and had no core. The kernel counts that for every thread
(``/proc/thread-self/schedstat``: nanoseconds on a core, nanoseconds waiting for one, and turns). Where it does not say,
nothing is known, and no block is held to have been disturbed. What disturbs without taking the core away, a neighbour's
use of caches and of memory, is not seen here: it is why the blocks of all variants are interleaved.

Over a round: the time that a hypervisor took, that a quota stopped the process for, and how often the thread lost its
core. These counters tick in hundredths of a second, too coarse for a block.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from bench import cgroup
from bench.measure import clock
from bench.model import Disturbance, GpuState

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Counters that only grow, at one moment of this thread."""

    moment: float
    busy: int = 0
    stolen: int = 0
    throttled: float = 0.0
    switches: int = 0
    load: float = 0.0


def look(root: Path = cgroup.ROOT) -> Reading:
    """Read what can be read, below another root in tests. To be called in the thread that measures."""
    busy, stolen = ticks(root)
    return Reading(
        moment=clock.now(),
        busy=busy,
        stolen=stolen,
        throttled=cgroup.throttled(cgroup.folders(root)),
        switches=switches(),
        load=load(root),
    )


def ticks(root: Path = cgroup.ROOT) -> tuple[int, int]:
    """Ticks in which the cores worked, and those that a hypervisor took from them (``/proc/stat``, proc(5))."""
    try:
        first = (root / "proc/stat").read_text().partition("\n")[0].split()
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, first[1:9])
    except (OSError, ValueError):
        return 0, 0
    return user + nice + system + irq + softirq, steal


def switches() -> int:
    """How often this thread has lost its core against its will."""
    try:
        import resource

        return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw
    except (ImportError, AttributeError):  # not Linux
        return 0


def load(root: Path = cgroup.ROOT) -> float:
    """The load average of the last minute."""
    try:
        return float((root / "proc/loadavg").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0.0


def between(before: Reading, after: Reading, gpu: GpuState | None = None) -> Disturbance:
    """What the machine did from one reading to the other."""
    seconds = after.moment - before.moment
    stolen, busy = max(0, after.stolen - before.stolen), max(0, after.busy - before.busy)
    return Disturbance(
        seconds=seconds,
        # As it was before: afterwards it would hold the load of the round itself.
        load=before.load,
        # Time is taken only from a core that wants to work: of an idle one nothing is missing.
        stolen=stolen / max(1, stolen + busy),
        # Every core that is stopped counts: together they can exceed the time that has passed.
        throttled=min(1.0, max(0.0, after.throttled - before.throttled) / seconds) if seconds > 0 else 0.0,
        switches=max(0, after.switches - before.switches),
        gpu=gpu,
    )
