"""Control groups: how many cores their quotas leave this process, and for how long they have stopped it.

A quota may stand at any level above the process, in either version of the file system (cgroups(7)): in the second as
``cpu.max``, in the first as ``cpu.cfs_quota_us``. What cannot be read is no limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
MOUNT = "sys/fs/cgroup"


def folders(root: Path = ROOT) -> tuple[Path, ...]:
    """Every folder that may limit this process's share of the cores, from its own group up."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    listed = (folder for line in lines for folder in _of_line(line, root / MOUNT))
    return tuple(dict.fromkeys(folder for folder in listed if folder.is_dir()))


def _of_line(line: str, mount: Path) -> Iterator[Path]:
    """The folders of one line, such as ``0::/user.slice`` or ``4:cpu,cpuacct:/docker/1a2b``."""
    controllers, _, path = line.partition(":")[2].partition(":")
    if not controllers:
        tops = (mount, mount / "unified")
    elif "cpu" in controllers.split(","):
        tops = (mount / controllers, mount / "cpu")
    else:
        return
    # A container sees its own group as the mount, and may be told the path that it has on the host.
    own = Path(path.lstrip("/")) if ".." not in path else Path()
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
