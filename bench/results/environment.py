"""Where a run takes place, and whether two runs may be compared."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from math import inf
from pathlib import Path

from bench.model import Environment

CHECKOUT = Path(__file__).resolve().parents[2]
CPUINFO = Path("/proc/cpuinfo")
MEMBERSHIP = Path("/proc/self/cgroup")
CGROUPS = Path("/sys/fs/cgroup")
PACKAGES = ("dl-exercise-bench", "torchvision", "numpy", "scipy", "scikit-learn", "mlxtend", "opencv-python", "msgspec")
MATTERS = ("cpu", "cores", "threads", "gpu", "driver", "cuda", "torch", "python")
"""Fields that move a measurement by themselves. The commit is not among them: to compare commits is the point."""


def gather(probe: Mapping[str, str], threads: int, packages: Iterable[str] = PACKAGES) -> Environment:
    """Describe this machine. ``probe`` is what a child that imported torch says: torch, gpu, driver, cuda."""
    import psutil

    commit, dirty = checkout(CHECKOUT)
    return Environment(
        python=platform.python_version(),
        torch=probe.get("torch", ""),
        platform=platform.platform(),
        cpu=cpu(),
        cores=cores(),
        memory=psutil.virtual_memory().total,
        threads=threads,
        gpu=probe.get("gpu", ""),
        driver=probe.get("driver", ""),
        cuda=probe.get("cuda", ""),
        commit=commit,
        dirty=dirty,
        packages=versions(packages),
        host=platform.node(),
        gpu_id=probe.get("gpu_id", ""),
    )


def cpu() -> str:
    """The model of the processor, as the kernel or the platform names it."""
    try:
        lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.processor() or platform.machine()


def cores() -> int:
    """Logical cores that this process may use; a share of one counts as one."""
    # A container or taskset may leave a process fewer than the machine has, or less time on them.
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, int(min(allowed, quota())))


def quota() -> float:
    """How many cores' time the control groups of this process leave it; infinity where none limits it."""
    return min(map(_limit, _groups()), default=inf)


def _groups() -> Iterator[Path]:
    """The folders of this process's control group and of those that it lies in. A container sees its own as the root,
    whatever its path is called outside."""
    try:
        lines = MEMBERSHIP.read_text().splitlines()
    except OSError:
        return
    for _, controllers, path in (line.split(":", 2) for line in lines if line.count(":") >= 2):
        if not controllers or "cpu" in controllers.split(","):
            root = CGROUPS / controllers
            own = root / path.lstrip("/")
            yield from (folder for folder in (own, *own.parents) if folder.is_relative_to(root))


def _limit(group: Path) -> float:
    """The cores of one group: ``cpu.max`` holds quota and period in version 2, ``cpu.cfs_*`` in version 1."""
    try:
        if (group / "cpu.max").exists():
            quota, period = (group / "cpu.max").read_text().split()
        else:
            quota, period = ((group / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        return int(quota) / int(period) if int(quota) > 0 else inf
    except (OSError, ValueError, ZeroDivisionError):  # "max" is no number
        return inf


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Of those packages that are installed."""
    installed = {}
    for name in packages:
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            continue
    return installed


def checkout(folder: Path) -> tuple[str, bool]:
    """Commit and dirty flag (untracked files count) of the git checkout whose root is ``folder``; else ``("", False)``.

    The root must be this very folder: a bench installed into an environment inside somebody's repository is not that
    repository's commit.
    """
    # A hook of git's sets GIT_DIR, and this would be the repository that it runs for.
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # git status would write its index anew; and it would look for a repository above the folder.
    settings |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    try:
        done = subprocess.run(
            ("git", "status", "--porcelain=v2", "--branch"),
            cwd=folder,
            env=settings,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "", False
    lines = done.stdout.splitlines()
    commits = (line.split()[-1] for line in lines if line.startswith("# branch.oid"))
    commit = next(commits, "")
    return "" if commit == "(initial)" else commit, any(not line.startswith("#") for line in lines)


def differences(a: Environment, b: Environment) -> tuple[str, ...]:
    """Why the measurements of two runs must not be compared; empty where they may."""
    pairs = ((name, getattr(a, name), getattr(b, name)) for name in MATTERS)
    return tuple(f"different {name}: {x or 'none'} and {y or 'none'}" for name, x, y in pairs if x != y)
