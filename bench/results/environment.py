"""Where a run takes place, and whether two runs may be compared."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import cgroup
from bench.model import Environment

CHECKOUT = Path(__file__).resolve().parents[2]
CPUINFO = Path("/proc/cpuinfo")
NUMBER = re.compile("[0-9]{1,15}")
CORES = ("SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE")
"""What Slurm tells a job: how many cores one of its processes has, and all of them on this node."""
PACKAGES = (
    "dl-exercise-bench",
    "torchvision",
    "numpy",
    "scipy",
    "scikit-learn",
    "mlxtend",
    "opencv-python",
    "numba",
    "pillow",
    "msgspec",
)
MATTERS = ("cpu", "cores", "threads", "gpu", "driver", "cuda", "torch", "python")
"""Fields that move a measurement by themselves. The commit is not among them: to compare commits is the point."""


def gather(probe: Mapping[str, str], threads: int, packages: Iterable[str] = PACKAGES) -> Environment:
    """Describe this machine. ``probe`` is what a child that imported torch says: torch, gpu, driver, cuda."""
    commit, dirty = checkout(CHECKOUT)
    return Environment(
        python=platform.python_version(),
        torch=probe.get("torch", ""),
        platform=platform.platform(),
        cpu=cpu(),
        cores=cores(),
        memory=memory(),
        threads=threads,
        gpu=probe.get("gpu", ""),
        driver=probe.get("driver", ""),
        cuda=probe.get("cuda", ""),
        commit=commit,
        dirty=dirty,
        packages=versions(packages),
        # The machine, and not the node of a scheduler: of several slurmd on one host each is another node of the same
        # processor, memory and noise, and a run without Slurm on it is held against its own history.
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


def cores(root: Path = cgroup.ROOT) -> int:
    """Logical cores that this process may use: those of its job; a share of one counts as one."""
    # A container, a scheduler or taskset may leave a process fewer than the machine has, or less time on them.
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # A job may have asked for more cores than its one process, and a scheduler need not bind it to them.
    given = [count for name in CORES if (count := _slurm(name))]
    return max(1, int(min(allowed, cgroup.quota(root) or allowed, *given)))


def memory(root: Path = cgroup.ROOT) -> int:
    """Bytes of memory that this process may use: the machine's, or as much of it as its job has."""
    import psutil

    total = int(psutil.virtual_memory().total)
    return min([total, *filter(None, (cgroup.memory(root), _slurm_memory()))])


def memory_left(root: Path = cgroup.ROOT) -> int:
    """Bytes of memory that are free for this process now."""
    import psutil

    free, left = int(psutil.virtual_memory().available), cgroup.memory_left(root)
    return min([free, *(each for each in (left, _slurm_memory() or None) if each is not None)])


def _slurm(name: str) -> int:
    """A number that Slurm told this job, and 0 for none. On the host where a job was submitted from, the same names
    tell of other machines: only slurmd itself names the node."""
    if "SLURMD_NODENAME" not in os.environ:
        return 0
    value = os.environ.get(name, "")
    return int(value) if NUMBER.fullmatch(value) else 0


def _slurm_memory() -> int:
    """Bytes that the job has on this node; 0 where it has all, or none are named."""
    megabytes = _slurm("SLURM_MEM_PER_NODE") or _slurm("SLURM_MEM_PER_CPU") * _slurm("SLURM_CPUS_ON_NODE")
    return megabytes * 2**20


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
            encoding="utf-8",
            errors="replace",  # a branch may be called by any bytes
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
