"""What the machine says: variables of the environment, the kernel's files, other processes, and programs that are
asked."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from io import StringIO
from pathlib import Path

import pytest

from bench import cache, cgroup
from bench.ab import environments, history
from bench.cli import confirming, github, output
from bench.cluster import slurm, slurm_programs
from bench.cluster.shards import Needs
from bench.errors import BenchError
from bench.execute import lock_files, messages
from bench.execute.executors import strays
from bench.execute.guests import line
from bench.kit.data import places
from bench.measure import disturbance, machine
from bench.report import printed
from bench.results import commits, environment, store
from tests.bad_input import samples
from tests.bad_input.damage import bad_bytes, of_text
from tests.bad_input.told import printed as console

VARIABLES = (
    *("BENCH_LOCKS", "BENCH_CACHE", "BENCH_DATA", "BENCH_CHROMIUM", strays.MARK),
    *("XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "HOME", "TMPDIR"),
    *("COLUMNS", "LINES", "TERM", "NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE"),
    *("SLURMD_NODENAME", "SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "SLURM_MEM_PER_NODE", "SLURM_MEM_PER_CPU"),
    *("SLURM_CONF", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GIT_DIR", "SOURCE_DATE_EPOCH", "LANG", "LC_ALL"),
    *("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "ONEDNN_VERBOSE", "PYTHONPATH"),
)
SAID = (
    *("9" * 5000, "9" * 20, "-1", "0", "", "1e9", "٣", "²", "nan", "1", "true"),
    *("/proc/1/x", "x" * 300, "~nobody/x", "pipe"),
)


def variables(chance: random.Random, folder: Path) -> None:
    """Where everything is a text."""
    if not (folder / "pipe").exists():
        os.mkfifo(folder / "pipe")
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(StringIO()):
        for name in chance.sample(VARIABLES, 6):
            given = chance.choice((of_text(chance), *SAID)).replace("\0", "")
            patch.setenv(name, given.encode(errors="replace").decode())
        patch.setenv("GITHUB_ACTIONS", "true")
        environment.cores()
        environment.memory()
        environment.memory_left()
        cache.write("a", b"a")
        cache.read("a")
        places.data_folders()
        lock_files.lock_folder()
        slurm_programs.surroundings()
        github.remark(of_text(chance))
        output.red("a")
        console().print("a", of_text(chance), markup=False)
        with suppress(BenchError):
            printed.chromium()
        with suppress(OSError):
            lock_files.own_folder()


KERNEL = {
    "proc/self/cgroup": "12:cpu,cpuacct:/docker/1a2b\n0::/user.slice\n",
    "proc/stat": "cpu  10 0 20 300 0 0 0 4 0 0\n",
    "proc/loadavg": "0.10 0.20 0.30 1/200 999\n",
    "proc/meminfo": "SwapTotal:  1000000 kB\nSwapFree:  1000 kB\n",
    "proc/cpuinfo": "model name : EPYC\nflags : fpu hypervisor\n",
    "proc/thread-self/schedstat": "1 2 3\n",
    "sys/fs/cgroup/user.slice/cpu.max": "50000 100000\n",
    "sys/fs/cgroup/user.slice/memory.max": "1000000000\n",
    "sys/fs/cgroup/user.slice/memory.current": "500000\n",
    "sys/fs/cgroup/user.slice/memory.stat": "inactive_file 10\n",
    "sys/fs/cgroup/user.slice/memory.events": "oom 0\noom_kill 1\n",
    "sys/fs/cgroup/user.slice/cpu.stat": "throttled_usec 5\n",
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    "sys/devices/system/cpu/cpu0/topology/thread_siblings_list": "0-1\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
    "sys/devices/system/cpu/intel_pstate/no_turbo": "0\n",
    "sys/class/power_supply/BAT0/type": "Battery\n",
    "sys/class/power_supply/BAT0/status": "Discharging\n",
}


def kernel_here(folder: Path) -> None:
    for name, said in KERNEL.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(said)


def kernel(chance: random.Random, folder: Path) -> None:
    """Files below ``/proc`` and ``/sys`` of a kernel that nobody knows."""
    spoilt = chance.sample(list(KERNEL), 3)
    for name in spoilt:
        (folder / name).write_bytes(bad_bytes(chance, KERNEL[name].encode(), chance.randrange(99)))
    list(machine.facts(folder, (0, 1)))
    disturbance.look(folder)
    environment.cores(folder)
    environment.memory(folder)
    environment.memory_left(folder)
    cgroup.oom_kills(folder)
    for name in spoilt:
        (folder / name).write_text(KERNEL[name])


def messages_of_children(chance: random.Random, folder: Path) -> None:
    """What a task writes to its connection, and a guest to its own."""
    _, observations = samples.observed()
    known = (messages.Started(1), messages.Progress("a", 1, 2), messages.Ended(0), observations[0])
    sent = chance.choice(known)
    honest = type(sent).__name__.encode() + b" " + store.encode(sent)
    messages.parse(bad_bytes(chance, honest, chance.randrange(10**6)))
    guest = bad_bytes(chance, b'{"kind": "answer", "tensors": [1, 2, [3]], "text": "a"}', chance.randrange(10**6))
    ours, theirs = socket.socketpair()
    with ours, theirs, suppress(ValueError, EOFError, TimeoutError):
        theirs.setblocking(False)
        with suppress(BlockingIOError):
            theirs.send(guest[:100_000] + b"\n")
        theirs.shutdown(socket.SHUT_WR)
        line.Line(ours).receive(5.0)


AB = b'{"verdict": "slower", "cases": [{"label": "a", "verdict": "slower", "ratio": {"centre": 1.1, "low": 1.0}}]}'


def other_bench(chance: random.Random, folder: Path) -> None:
    """The document of a ``bench ab`` that was started."""
    told = confirming._document(bad_bytes(chance, AB, chance.randrange(10**6)))
    if told is not None:
        assert isinstance(told.words, str)
        _ = told.worse


PROGRAMS: dict[str, bytes] = {
    "git": b"# branch.oid 1234567890123456789012345678901234567890\n# branch.head main\n1 .M a\n",
    "squeue": b"12_0|RUNNING|None\n12_1|PENDING|Resources\n",
    "sbatch": b"12;cluster\n",
    "scontrol": b"MaxArraySize            = 1001\n",
    "scancel": b"",
    "uv": b"error: no such package\n",
}
PROGRAM = """#!/bin/sh
cat >/dev/null 2>/dev/null
cat "$0.says"
cat "$0.says" >&2
exit $(cat "$0.code")
"""


def programs(chance: random.Random, folder: Path) -> None:
    """Each says something else than it does, and ends with any exit code."""
    place = folder / "bin"
    place.mkdir(exist_ok=True)
    for name, said in PROGRAMS.items():
        if not (place / name).exists():
            (place / name).write_text(PROGRAM)
            (place / name).chmod(0o755)
        (place / f"{name}.says").write_bytes(bad_bytes(chance, said, chance.randrange(99))[:100_000])
        (place / f"{name}.code").write_text(chance.choice(("0", "0", "0", "1", "255")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{place}:/usr/bin:/bin")
        chance.choice(ASKED)(folder)


def ask_git(folder: Path) -> None:
    environment.checkout(folder)
    commits.order([folder], ["1" * 40])
    found = history.Repository.around(folder)
    found.between(found.commit("HEAD~1"), found.commit("HEAD"))


def ask_slurm(folder: Path) -> None:
    here = slurm.make("", {})
    with suppress(BenchError):
        here.start([["work", str(folder), "0"]], Needs(device="cpu", threads=1, alone=False))
    slurm.Slurm(pause=lambda seconds: None).look(["12_0", "12_1"])


def ask_uv(folder: Path) -> None:
    environments._uv("venv", str(folder / "made"))


ASKED: tuple[Callable[[Path], None], ...] = (ask_git, ask_slurm, ask_uv)
