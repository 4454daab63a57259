"""What makes a machine noisy, read from the kernel's files: facts, and what to do about each.

Every file is read below a root that tests replace. What is not there is not spoken of: another system has other names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import cgroup
from bench.measure import disturbance

CPU = "sys/devices/system/cpu"
LITTLE_SWAP = 64 * 2**20
"""Bytes: what was swapped out once and is never asked for again does no harm."""
IDLE = 0.3
"""A load average above this, before anything was measured, is somebody else's."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at. ``mend`` is empty where all is well."""

    what: str
    state: str
    mend: str = ""


CORE, KILOBYTES = re.compile("[0-9]{1,5}"), re.compile("[0-9]{1,15}")
Look = Callable[[Path, tuple[int, ...]], Iterator[Fact]]


def facts(root: Path = cgroup.ROOT, cores: Iterable[int] | None = None) -> Iterator[Fact]:
    """Everything that is known; ``cores`` are the numbers of those that this process may use."""
    mine = tuple(allowed() if cores is None else cores)
    looks: tuple[Look, ...] = (governor, boost, siblings, quota, battery, swap, schedstat, load, virtual)
    for look in looks:
        yield from look(root, mine)


def allowed() -> tuple[int, ...]:
    return tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else ()


def text(path: Path) -> str:
    """The stripped content of a file; empty where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def governor(root: Path, cores: tuple[int, ...]) -> Iterator[Fact]:
    """Who chooses the clock of these cores."""
    names = sorted({name for core in cores if (name := text(root / CPU / f"cpu{core}/cpufreq/scaling_governor"))})
    if names:
        slow = "the clock follows the load: sudo cpupower frequency-set -g performance"
        yield Fact("governor", ", ".join(names), "" if names == ["performance"] else slow)


def boost(root: Path, cores: tuple[int, ...]) -> Iterator[Fact]:
    """Whether a core may run above its clock as long as it is cool and others rest."""
    for switch, off in (("intel_pstate/no_turbo", "1"), ("cpufreq/boost", "0")):
        path = root / CPU / switch
        if state := text(path):
            mend = f"the clock depends on heat and on other cores: echo {off} | sudo tee /{CPU}/{switch}"
            yield Fact("turbo", "off" if state == off else "on", "" if state == off else mend)
            return


def siblings(root: Path, cores: tuple[int, ...]) -> Iterator[Fact]:
    """Cores that this process may use and that are threads of one and the same core."""
    groups = {
        tuple(core for core in numbers(text(root / CPU / f"cpu{core}/topology/thread_siblings_list")) if core in cores)
        for core in cores
    }
    shared = sorted(group for group in groups if len(group) > 1)
    if shared:
        pairs = "; ".join(" and ".join(map(str, group)) for group in shared)
        first = sorted(group[0] for group in groups if group)
        pin = f"pin it to one of each: taskset -c {','.join(map(str, first))} bench …"
        yield Fact("SMT", f"logical cores {pairs} share a core", pin)


def numbers(listed: str) -> tuple[int, ...]:
    """``0-2,5`` as 0, 1, 2, 5; nothing for what is no such list."""
    found: list[int] = []
    for piece in filter(None, listed.split(",")):
        low, _, high = piece.partition("-")
        if not CORE.fullmatch(low) or not CORE.fullmatch(high or low):
            return ()
        found += range(int(low), int(high or low) + 1)
    return tuple(found)


def quota(root: Path, cores: tuple[int, ...]) -> Iterator[Fact]:
    """How much of the cores a container may use before it is stopped."""
    limit = cgroup.quota(root)
    if limit is not None:
        stops = limit < len(cores)
        mend = "the process is stopped whenever it has used that up: give its container whole cores (a cpuset)"
        yield Fact("quota", f"{limit:g} of {len(cores)} cores", mend if stops else "")


def battery(root: Path, cores: tuple[int, ...]) -> Iterator[Fact]:
    for supply in sorted((root / "sys/class/power_supply").glob("*")):
        # A mouse has a battery as well, and says whose it is.
        if text(supply / "type") == "Battery" and text(supply / "scope") != "Device":
            empties = text(supply / "status") == "Discharging"
            yield Fact("battery", "in use" if empties else "not in use", "plug the machine in" if empties else "")
            return


def swap(root: Path, cores: tuple[int, ...]) -> Iterator[Fact]:
    lines = (line.split() for line in text(root / "proc/meminfo").splitlines())
    kilobytes = {words[0]: int(words[1]) for words in lines if len(words) > 1 and KILOBYTES.fullmatch(words[1])}
    used = 1024 * (kilobytes.get("SwapTotal:", 0) - kilobytes.get("SwapFree:", 0))
    if used > LITTLE_SWAP:
        yield Fact("swap", f"{used / 2**30:.1f} GiB in use", "memory is short: close what else is open")


def schedstat(root: Path, cores: tuple[int, ...]) -> Iterator[Fact]:
    """Only where there is a Linux kernel that could have said it."""
    if text(root / "proc/stat") and not text(root / "proc/thread-self/schedstat"):
        mend = "a busy machine cannot be told from an unstable ratio: use a kernel with CONFIG_SCHED_INFO"
        yield Fact("schedstat", "waiting for a core is not counted here", mend)


def load(root: Path, cores: tuple[int, ...]) -> Iterator[Fact]:
    if text(root / "proc/loadavg"):
        others = disturbance.load(root)
        mend = "something else computes here: close it (`top` names it), or wait a minute" if others > IDLE else ""
        yield Fact("load", f"{others:.1f} on {len(cores)} cores in the last minute", mend)


def virtual(root: Path, cores: tuple[int, ...]) -> Iterator[Fact]:
    flags = next((line for line in text(root / "proc/cpuinfo").splitlines() if line.startswith("flags")), "")
    if "hypervisor" in flags.split():
        mend = "its neighbours on the host are not seen from inside: for narrow ratios take a machine of your own"
        yield Fact("machine", "virtual", mend)
