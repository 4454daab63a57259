"""Control groups: how many cores and how much memory they leave this process, for how long they have stopped it, and
how many of its like were killed there for want of memory.

A limit may stand at any level above the process, in either version of the file system (cgroups(7)): in the second as
``cpu.max`` and ``memory.max``, in the first as ``cpu.cfs_quota_us`` and ``memory.limit_in_bytes``. What cannot be read
is no limit.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
MOUNT = "sys/fs/cgroup"
PATH_MAX, NAME_MAX = 2048, 255


def folders(root: Path = ROOT, controller: str = "cpu") -> tuple[Path, ...]:
    """Every folder that may limit what a controller (``cpu``, ``memory``) gives this process, from its own group up."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    listed = (folder for line in lines for folder in _of_line(line, root / MOUNT, controller))
    return tuple(dict.fromkeys(folder for folder in listed if folder.is_dir()))


def _own(path: str) -> Path:
    """A container sees its own group as the mount, and may be told the path that it has on the host: that, and what no
    disk takes, is the mount."""
    pieces = path.strip("/").split("/")
    takes = len(path) < PATH_MAX and max(len(os.fsencode(piece)) for piece in pieces) <= NAME_MAX
    return Path(*pieces) if takes and ".." not in path else Path()


def _of_line(line: str, mount: Path, controller: str) -> Iterator[Path]:
    """The folders of one line, such as ``0::/user.slice`` or ``4:cpu,cpuacct:/docker/1a2b``."""
    controllers, _, path = line.partition(":")[2].partition(":")
    if not controllers:
        tops = (mount, mount / "unified")
    elif controller in controllers.split(","):
        tops = (mount / controllers, mount / controller)
    else:
        return
    own = _own(path)
    for top in tops:
        yield from (top / above for above in (own, *own.parents))


def quota(root: Path = ROOT) -> float | None:
    """The cores that the tightest quota allows, as 0.5; ``None`` without one."""
    return min((cores for folder in folders(root) if (cores := _quota(folder))), default=None)


def _quota(folder: Path) -> float | None:
    try:
        if (folder / "cpu.max").is_file():
            limit, period = (folder / "cpu.max").read_text().split()[:2]
        else:
            limit = (folder / "cpu.cfs_quota_us").read_text().strip()
            period = (folder / "cpu.cfs_period_us").read_text().strip()
        # "max" and -1 are no limit.
        return int(limit) / int(period) if limit != "max" and int(limit) > 0 else None
    except (OSError, ValueError, ZeroDivisionError):
        return None


def throttled(among: tuple[Path, ...]) -> float:
    """Seconds for which quotas have stopped the groups of these folders until now; the one that was stopped most."""
    # A group that is stopped stops those below it as well: their seconds overlap, and must not be added.
    return max(map(_throttled, among), default=0.0)


def _throttled(folder: Path) -> float:
    try:
        counters = dict(line.split() for line in (folder / "cpu.stat").read_text().splitlines())
        # Microseconds in the second version of the file system, nanoseconds in the first.
        return int(counters.get("throttled_usec", 0)) * 1e-6 or int(counters.get("throttled_time", 0)) * 1e-9
    except (OSError, ValueError):
        return 0.0


def memory(root: Path = ROOT) -> int | None:
    """The bytes that the tightest limit allows; ``None`` without one."""
    limits = (_number(folder, "memory.max", "memory.limit_in_bytes") for folder in folders(root, "memory"))
    return min((limit for limit in limits if limit is not None), default=None)


def memory_left(root: Path = ROOT) -> int | None:
    """The bytes that may still be taken before a limit is reached; ``None`` without one."""
    return min((left for folder in folders(root, "memory") if (left := _left(folder)) is not None), default=None)


def _left(folder: Path) -> int | None:
    limit = _number(folder, "memory.max", "memory.limit_in_bytes")
    used = _number(folder, "memory.current", "memory.usage_in_bytes")
    if limit is None or used is None:
        return limit
    counters = _counters(folder / "memory.stat")
    # What was read from files is given up when somebody needs the room.
    given_up = counters.get("total_inactive_file", counters.get("inactive_file", 0))
    return max(0, limit - max(0, used - given_up))


def _number(folder: Path, *names: str) -> int | None:
    """What the first of these files says that is there. The first version writes a number near 2⁶³ for no limit."""
    for name in names:
        try:
            return int((folder / name).read_text())
        except (OSError, ValueError):  # "max" is no number
            continue
    return None


def _counters(path: Path) -> dict[str, int]:
    """``{name: count}``; nothing where they cannot be read."""
    try:
        pairs = (line.split() for line in path.read_text().splitlines())
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}
    except (OSError, ValueError):
        return {}


def oom_kills(root: Path = ROOT) -> int | None:
    """How many processes of this one's own group the kernel has killed for want of memory; ``None`` where it does not
    say. It counts them in the group that they lay in, whether that or the whole machine had none left."""
    for folder in folders(root, "memory"):
        for name in ("memory.events", "memory.oom_control"):
            kills = _counters(folder / name).get("oom_kill")
            if kills is not None:
                return kills
    return None
