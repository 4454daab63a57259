import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bench.model import Environment
from bench.results import environment as module
from bench.results.environment import checkout, differences, gather

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
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The control groups of a machine with eight cores: none limits it, until a test writes one."""
    monkeypatch.setattr(module, "MEMBERSHIP", tmp_path / "membership")
    monkeypatch.setattr(module, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    return tmp_path / "cgroup"


def limit(folder: Path, text: str) -> None:
    """``quota period``, as version 2 has it, or as two files of version 1."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.parent.name.startswith("cpu"):
        quota, period = text.split()
        (folder / "cpu.cfs_quota_us").write_text(f"{quota}\n")
        (folder / "cpu.cfs_period_us").write_text(f"{period}\n")
    else:
        (folder / "cpu.max").write_text(f"{text}\n")


@pytest.mark.parametrize(
    ("membership", "limits", "cores"),
    [
        ("0::/user/job\n", {}, 8),
        ("0::/user/job\n", {"user/job": "50000 100000"}, 1),
        ("0::/user/job\n", {"user/job": "350000 100000"}, 3),
        ("0::/user/job\n", {"user/job": "max 100000", "user": "200000 100000"}, 2),
        ("0::/\n", {".": "150000 100000"}, 1),
        ("0::/../outside\n", {".": "400000 100000"}, 4),
        ("0::/user/job\n", {"user/job": "1600000 100000"}, 8),
        ("0::/user/job\n", {"user/job": "nonsense"}, 8),
        ("4:memory:/m\n1:cpu,cpuacct:/job\n", {"cpu,cpuacct/job": "100000 100000"}, 1),
        ("4:memory:/m\n1:cpu:/job\n", {"cpu/job": "250000 100000"}, 2),
        ("1:cpu:/job\n0::/\n", {"cpu/job": "-1 100000"}, 8),
        ("torn\n", {}, 8),
    ],
)
def test_cores_are_what_the_control_groups_leave(
    groups: Path, membership: str, limits: dict[str, str], cores: int
) -> None:
    module.MEMBERSHIP.write_text(membership)
    for folder, text in limits.items():
        limit(groups / folder, text)
    assert module.cores() == cores


def test_without_control_groups_all_cores_that_the_process_may_use_count(groups: Path) -> None:
    assert module.cores() == 8
