"""Peaks are true: a known temporary is seen, also when it is gone at the end; what set-up holds is not."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from bench.measure import memory

MIB = 2**20
CPU = torch.device("cpu")
linux = pytest.mark.skipif(not memory.can_reset(), reason="the kernel does not let a process reset its peak")


def test_a_temporary_counts_though_it_is_freed() -> None:
    weighed = memory.weigh(lambda: torch.ones(64 * MIB, dtype=torch.uint8).add_(1), CPU)
    assert 60 * MIB < weighed.peaks[0] < 90 * MIB


def test_what_was_held_before_does_not_count() -> None:
    held = torch.ones(64 * MIB, dtype=torch.uint8)
    weighed = memory.weigh(lambda: held[:8].sum(), CPU)
    assert weighed.peaks[0] < 16 * MIB
    assert weighed.baseline > 64 * MIB


@linux
def test_an_earlier_peak_hides_no_later_one() -> None:
    torch.ones(128 * MIB, dtype=torch.uint8).add_(1)
    weighed = memory.weigh(lambda: torch.ones(32 * MIB, dtype=torch.uint8).add_(1), CPU)
    assert 30 * MIB < weighed.peaks[0] < 60 * MIB
    assert weighed.source == "VmHWM"


@linux
def test_a_parents_peak_is_not_inherited() -> None:
    """What ``ru_maxrss`` gets wrong: a forked child would report its parent's peak."""
    script = (
        "import os, torch\n"
        "from bench.measure import memory\n"
        "torch.ones(200 << 20, dtype=torch.uint8).add_(1)\n"
        "pid = os.fork()\n"
        "if not pid:\n"
        "    seen = memory.weigh(lambda: torch.ones(20 << 20, dtype=torch.uint8).add_(1), torch.device('cpu'))\n"
        "    os._exit(0 if (15 << 20) < seen.peaks[0] < (40 << 20) else 1)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_sampling_sees_a_lasting_peak_and_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "can_reset", lambda: False)

    def call() -> None:
        block = torch.ones(64 * MIB, dtype=torch.uint8)
        for _ in range(30):
            block.max()

    weighed = memory.weigh(call, CPU)
    assert weighed.source.startswith("psutil")
    assert weighed.peaks[0] > 32 * MIB


def test_the_kernels_count_of_killed_processes_is_read(tmp_path: Path) -> None:
    assert memory.oom_kills(tmp_path) == 0
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/vmstat").write_text("nr_free_pages 7\noom_kill 3\n")
    assert memory.oom_kills(tmp_path) == 3


def test_the_death_of_a_neighbour_is_not_one_of_ours(tmp_path: Path) -> None:
    """The machine counts all; the group of this process counts its own."""
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/job").mkdir(parents=True)
    (tmp_path / "proc/vmstat").write_text("oom_kill 3\n")
    (tmp_path / "proc/self/cgroup").write_text("0::/job\n")
    (tmp_path / "sys/fs/cgroup/job/memory.events").write_text("oom 0\noom_kill 0\n")
    assert memory.oom_kills(tmp_path) == 0
    (tmp_path / "sys/fs/cgroup/job/memory.events").write_text("oom 1\noom_kill 1\n")
    assert memory.oom_kills(tmp_path) == 1
