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


def test_without_control_groups_there_is_none(tmp_path: Path) -> None:
    assert cgroup.folders(tmp_path) == ()
    assert cgroup.quota(tmp_path) is None
