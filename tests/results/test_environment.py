import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest

from bench.model import Environment
from bench.results import environment as module
from bench.results.environment import checkout, differences, gather

MIB = 2**20
PROBE = {"torch": "2.14.1+cu130", "gpu": "H100", "driver": "580.1", "cuda": "13.0"}


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", *who, *arguments), cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.txt").write_text("a")
    git(tmp_path, "add", "a.txt")
    git(tmp_path, "commit", "-q", "-m", "a")
    return tmp_path


def test_the_machine_is_described() -> None:
    gathered = gather(PROBE, threads=3)
    assert (gathered.torch, gathered.gpu, gathered.driver, gathered.cuda, gathered.threads) == (
        "2.14.1+cu130",
        "H100",
        "580.1",
        "13.0",
        3,
    )
    assert gathered.cpu
    assert gathered.platform
    assert 1 <= gathered.cores <= (os.cpu_count() or 1)
    assert gathered.memory > 2**20
    assert gathered.packages["msgspec"][0].isdigit()


def test_a_host_is_the_machine_whatever_slurm_calls_its_node(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two slurmd of one host are one machine, and a run without Slurm there is of the same history."""
    plain = gather(PROBE, threads=1).host
    monkeypatch.setenv("SLURMD_NODENAME", "node-of-slurm")
    assert gather(PROBE, threads=1).host == plain != "node-of-slurm"


def test_a_probe_that_says_nothing_and_a_package_that_is_not_there_are_left_out() -> None:
    gathered = gather({}, threads=1, packages=("numpy", "no-such-package"))
    assert (gathered.torch, gathered.gpu, list(gathered.packages)) == ("", "", ["numpy"])


def test_the_commit_and_whether_it_is_clean(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    assert checkout(repository) == (commit, False)
    (repository / "new.py").write_text("")
    assert checkout(repository) == (commit, True)
    (repository / "new.py").unlink()
    (repository / "a.txt").write_text("b")
    assert checkout(repository) == (commit, True)


def test_a_checkout_without_a_commit_has_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert checkout(tmp_path) == ("", False)


def test_a_folder_inside_somebody_elses_repository_is_not_a_checkout(repository: Path) -> None:
    inside = repository / "site-packages"
    inside.mkdir()
    assert checkout(inside) == ("", False)


def test_a_git_hook_does_not_point_us_at_its_repository(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert checkout(repository)[0] == commit


def test_without_git_there_is_no_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert checkout(repository) == ("", False)


def test_a_broken_repository_has_no_commit(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert checkout(tmp_path) == ("", False)


def test_the_processor_is_named_by_the_kernel_or_by_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert module.cpu() == "arm64"
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Fast CPU: mark 2\n")
    assert module.cpu() == "Fast CPU: mark 2"


@pytest.mark.parametrize("name", ["cpu", "gpu", "torch", "driver", "cuda", "python"])
def test_runs_that_differ_where_it_matters_are_not_compared(environment: Environment, name: str) -> None:
    other = replace(environment, **{name: "another"})
    assert differences(environment, other) == (f"different {name}: {getattr(environment, name) or 'none'} and another",)


def test_every_reason_is_told(environment: Environment) -> None:
    other = replace(environment, threads=2, cores=4)
    assert differences(environment, other) == ("different cores: 2 and 4", "different threads: 1 and 2")


def test_commits_are_there_to_be_compared(environment: Environment) -> None:
    other = replace(environment, commit="abc", dirty=True, packages={}, platform="Linux, next kernel", memory=1)
    assert differences(environment, other) == ()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a machine with eight cores and 8,000 MiB, of which 6,000 are free: nothing limits a process, until a
    test writes that down."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=8000 * MIB, available=6000 * MIB))
    for name in [name for name in os.environ if name.startswith("SLURM")]:
        monkeypatch.delenv(name)
    return tmp_path


def joined(root: Path, membership: str, limits: Mapping[str, str] = MappingProxyType({})) -> Path:
    """The root of a machine where the process is a member of groups; ``limits`` are files of theirs."""
    for name, text in {"proc/self/cgroup": membership, **{f"sys/fs/cgroup/{k}": v for k, v in limits.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("membership", "limits", "cores"),
    [
        ("0::/user/job\n", {}, 8),
        ("0::/user/job\n", {"user/job/cpu.max": "50000 100000"}, 1),
        ("0::/user/job\n", {"user/job/cpu.max": "350000 100000"}, 3),
        ("0::/user/job\n", {"user/job/cpu.max": "max 100000", "user/cpu.max": "200000 100000"}, 2),
        ("0::/../outside\n", {"cpu.max": "400000 100000"}, 4),
        ("0::/user/job\n", {"user/job/cpu.max": "1600000 100000"}, 8),
        ("0::/user/job\n", {"user/job/cpu.max": "nonsense"}, 8),
        ("1:cpu:/job\n", {"cpu/job/cpu.cfs_quota_us": "250000", "cpu/job/cpu.cfs_period_us": "100000"}, 2),
        ("torn\n", {}, 8),
    ],
)
def test_cores_are_what_the_control_groups_leave(
    machine: Path, membership: str, limits: dict[str, str], cores: int
) -> None:
    assert module.cores(joined(machine, membership, limits)) == cores


def test_without_control_groups_all_cores_that_the_process_may_use_count(machine: Path) -> None:
    assert module.cores(machine) == 8


def slurm(monkeypatch: pytest.MonkeyPatch, **said: str) -> None:
    for name, value in said.items():
        monkeypatch.setenv(f"SLURM{name}", value)


@pytest.mark.parametrize(
    ("said", "cores"),
    [
        ({"_CPUS_PER_TASK": "2", "_CPUS_ON_NODE": "6"}, 2),
        ({"_CPUS_ON_NODE": "6"}, 6),
        ({"_CPUS_PER_TASK": "64"}, 8),
        ({"_CPUS_PER_TASK": "", "_CPUS_ON_NODE": "many"}, 8),
    ],
)
def test_cores_are_those_of_the_job(
    machine: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], cores: int
) -> None:
    slurm(monkeypatch, D_NODENAME="n1", **said)
    assert module.cores(machine) == cores
    assert module.cores(joined(machine, "0::/\n", {"cpu.max": "100000 100000"})) == 1  # the least of all


@pytest.mark.parametrize(
    ("said", "megabytes"),
    [
        ({"_MEM_PER_NODE": "3000"}, 3000),
        ({"_MEM_PER_CPU": "500", "_CPUS_ON_NODE": "4", "_CPUS_PER_TASK": "2"}, 2000),
        ({"_MEM_PER_NODE": "0"}, 8000),
        ({"_MEM_PER_NODE": "9000"}, 8000),
        ({"_MEM_PER_NODE": "3G"}, 8000),
    ],
)
def test_memory_is_that_of_the_job(
    machine: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], megabytes: int
) -> None:
    slurm(monkeypatch, D_NODENAME="n1", **said)
    assert module.memory(machine) == megabytes * MIB
    assert module.memory_left(machine) == min(megabytes, 6000) * MIB


def test_where_a_job_was_submitted_from_is_not_where_it_runs(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell of ``salloc`` has the same names, on the login host, and no slurmd that has named the node."""
    slurm(monkeypatch, _CPUS_PER_TASK="2", _MEM_PER_NODE="3000")
    assert (module.cores(machine), module.memory(machine)) == (8, 8000 * MIB)


def test_memory_is_what_the_control_groups_leave(machine: Path) -> None:
    files = {"job/memory.max": str(4000 * MIB), "job/memory.current": str(1000 * MIB)}
    root = joined(machine, "0::/job/step\n", files)
    assert (module.memory(root), module.memory_left(root)) == (4000 * MIB, 3000 * MIB)
    files["job/memory.current"] = files["job/memory.max"]
    assert module.memory_left(joined(machine, "0::/job/step\n", files)) == 0


def test_a_machine_that_limits_nothing_gives_all(machine: Path) -> None:
    root = joined(machine, "8:memory:/\n", {"memory/memory.limit_in_bytes": str(2**63 - 4096)})
    assert (module.memory(root), module.memory_left(root)) == (8000 * MIB, 6000 * MIB)
