"""Quotas and what they stopped: both versions of control groups, nested, seen from a container, or not there."""

from pathlib import Path

import pytest

from bench import cgroup


def tree(root: Path, **files: str) -> Path:
    """Files by path below a folder; ``own`` is what the process is told of its groups."""
    for name, text in {"proc/self/cgroup": files.pop("own", ""), **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


SECOND = "sys/fs/cgroup"


def test_the_tightest_quota_of_all_levels_counts(tmp_path: Path) -> None:
    files = {f"{SECOND}/a/cpu.max": "150000 100000\n", f"{SECOND}/a/b/cpu.max": "max 100000\n"}
    assert cgroup.quota(tree(tmp_path, own="0::/a/b\n", **files)) == 1.5


def test_in_a_container_its_own_group_is_the_mount(tmp_path: Path) -> None:
    root = tree(tmp_path, own="0::/docker/1a2b\n", **{f"{SECOND}/cpu.max": "50000 100000\n"})
    assert cgroup.quota(root) == 0.5
    assert cgroup.quota(tree(root, own="0::/../../elsewhere\n")) == 0.5


def test_the_first_version_has_it_in_two_files(tmp_path: Path) -> None:
    home = f"{SECOND}/cpu,cpuacct/box"
    files = {f"{home}/cpu.cfs_quota_us": "200000\n", f"{home}/cpu.cfs_period_us": "100000\n"}
    own = "9:name=systemd:/\n4:cpu,cpuacct:/box\n2:cpuset:/\n"
    root = tree(tmp_path, own=own, **files, **{f"{home}/cpu.stat": "nr_throttled 3\nthrottled_time 2500000000\n"})
    assert cgroup.quota(root) == 2.0
    assert cgroup.throttled(cgroup.folders(root)) == pytest.approx(2.5)
    assert cgroup.quota(tree(root, own=own, **{f"{home}/cpu.cfs_quota_us": "-1\n"})) is None


def test_the_group_that_was_stopped_most_counts(tmp_path: Path) -> None:
    files = {f"{SECOND}/a/cpu.stat": "throttled_usec 3000000\n", f"{SECOND}/a/b/cpu.stat": "throttled_usec 1000\n"}
    root = tree(tmp_path, own="0::/a/b\n", **files)
    assert cgroup.throttled(cgroup.folders(root)) == pytest.approx(3.0)


@pytest.mark.parametrize("text", ["", "max", "a b\n", "0 0\n", "100000 0\n"])
def test_what_cannot_be_read_is_no_limit(tmp_path: Path, text: str) -> None:
    files = {f"{SECOND}/cpu.max": text, f"{SECOND}/cpu.stat": "nr_throttled\n"}
    root = tree(tmp_path, own="0::/\nnonsense\n", **files)
    assert cgroup.quota(root) is None
    assert cgroup.throttled(cgroup.folders(root)) == 0.0


UNLIMITED = f"{2**63 - 4096}\n"


def test_the_tightest_limit_of_memory_of_all_levels_counts(tmp_path: Path) -> None:
    files = {f"{SECOND}/a/memory.max": "3000\n", f"{SECOND}/a/b/memory.max": "max\n", f"{SECOND}/memory.max": "5000\n"}
    root = tree(tmp_path, own="0::/a/b\n", **files)
    assert cgroup.memory(root) == 3000
    assert cgroup.memory_left(root) == 3000  # nobody says what is used


def test_what_is_left_counts_files_in_the_cache_as_free(tmp_path: Path) -> None:
    files = {"a/memory.max": "3000", "a/memory.current": "2500", "a/memory.stat": "anon 1900\ninactive_file 600\n"}
    root = tree(tmp_path, own="0::/a/b\n", **{f"{SECOND}/{name}": text for name, text in files.items()})
    assert cgroup.memory_left(root) == 1100
    (root / SECOND / "a/memory.current").write_text("9000")
    assert cgroup.memory_left(root) == 0


def test_the_first_version_has_memory_apart_from_cores(tmp_path: Path) -> None:
    home = f"{SECOND}/memory/job"
    files = {
        f"{home}/memory.limit_in_bytes": "4000\n",
        f"{home}/memory.usage_in_bytes": "1500\n",
        f"{home}/memory.stat": "inactive_file 1\ntotal_inactive_file 500\n",
        f"{SECOND}/memory/memory.limit_in_bytes": UNLIMITED,
        f"{SECOND}/cpu/memory.limit_in_bytes": "1\n",
    }
    root = tree(tmp_path, own="8:memory:/job\n1:cpu:/\n", **files)
    assert (cgroup.memory(root), cgroup.memory_left(root)) == (4000, 3000)


@pytest.mark.parametrize("file", ["memory/job/memory.oom_control", "job/memory.events"])
def test_the_dead_of_its_own_group_are_counted_and_no_others(tmp_path: Path, file: str) -> None:
    above = str(Path(SECOND, file).parent.parent / Path(file).name)
    files = {f"{SECOND}/{file}": "under_oom 0\noom_kill 2\n", above: "oom_kill 7\n"}
    own = "8:memory:/job\n" if file.startswith("memory/") else "0::/job\n"
    root = tree(tmp_path, own=own, **files)
    assert cgroup.oom_kills(root) == 2


@pytest.mark.parametrize("text", ["", "oom 0\n", "oom_kill x\n"])
def test_a_kernel_that_does_not_count_them_is_not_taken_for_none(tmp_path: Path, text: str) -> None:
    root = tree(tmp_path, own="0::/\n", **{f"{SECOND}/memory.events": text})
    assert cgroup.oom_kills(root) is None


def test_without_control_groups_there_is_none(tmp_path: Path) -> None:
    assert (cgroup.memory(tmp_path), cgroup.memory_left(tmp_path), cgroup.oom_kills(tmp_path)) == (None, None, None)
    assert cgroup.folders(tmp_path) == ()
    assert cgroup.quota(tmp_path) is None
