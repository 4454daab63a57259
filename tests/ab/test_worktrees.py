"""Each side has its files, and nothing of it stays behind."""

import errno
import os
from pathlib import Path

import pytest

from bench.ab.history import Repository
from bench.ab.room import OutOfRoom
from bench.ab.worktrees import Worktrees
from bench.errors import BenchError
from tests.ab.conftest import Commit, Git


def test_a_commit_and_the_working_tree_lie_side_by_side(repository: Repository, commit: Commit, git: Git) -> None:
    commit("second", {"gone.txt": "1", "moved.txt": "2", "folder": "a file", "kept.txt": "3", ".gitignore": "*.log"})
    root = repository.root
    (root / "gone.txt").unlink()
    git("rm", "--quiet", "--cached", "moved.txt")
    (root / "moved.txt").rename(root / "there.txt")
    (root / "folder").unlink()
    (root / "folder").mkdir()
    (root / "folder" / "inside.txt").write_text("untracked")
    (root / "a.txt").write_text("changed")
    (root / "noise.log").write_text("ignored")
    (root / "link").symlink_to("nowhere")
    with Worktrees(repository) as trees:
        old, now = trees.of_commit(repository.commit("HEAD")), trees.of_working_tree()
        assert (old / "a.txt").read_text() == "1"
        assert (old / "folder").read_text() == "a file"
        names = sorted(path.relative_to(now).as_posix() for path in now.rglob("*") if path.name != ".git")
        assert names == [".gitignore", "a.txt", "folder", "folder/inside.txt", "kept.txt", "link", "there.txt"]
        assert (now / "a.txt").read_text() == "changed"
        assert (now / "link").readlink() == Path("nowhere")
        assert len(str(old)) == len(str(now))


def test_a_folder_that_became_a_file_is_copied_as_one(repository: Repository, commit: Commit) -> None:
    commit("second", {"folder/inside.txt": "1"})
    (repository.root / "folder" / "inside.txt").unlink()
    (repository.root / "folder").rmdir()
    (repository.root / "folder").write_text("a file")
    with Worktrees(repository) as trees:
        assert (trees.of_working_tree() / "folder").read_text() == "a file"


@pytest.mark.parametrize("error", [KeyboardInterrupt, BenchError])
def test_nothing_is_left_however_it_ends(repository: Repository, git: Git, error: type[BaseException]) -> None:
    def interrupted() -> None:
        with Worktrees(repository) as trees:
            places.append(trees.of_working_tree())
            raise error

    places: list[Path] = []
    with pytest.raises(error):
        interrupted()
    assert not places[0].parent.exists()
    assert git("worktree", "list").count("\n") == 0
    assert git("status", "--porcelain") == ""


def test_one_is_removed_before_the_others(repository: Repository, git: Git) -> None:
    with Worktrees(repository) as trees:
        place = trees.of_commit(repository.commit("HEAD"))
        trees.remove(place)
        assert not place.exists()
        assert trees.of_commit(repository.commit("HEAD")) != place


def test_a_hook_of_the_repository_does_not_run(repository: Repository) -> None:
    hook = repository.root / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {repository.root}/ran\n")
    hook.chmod(0o755)
    with Worktrees(repository) as trees:
        trees.of_commit(repository.commit("HEAD"))
    assert not (repository.root / "ran").exists()


def test_a_full_disk_is_told_with_the_file_that_is_not_there(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path, **options: bool) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), source)

    (repository.root / "a.txt").write_text("changed")
    monkeypatch.setattr("bench.ab.worktrees.shutil.copy2", full)
    with Worktrees(repository) as trees, pytest.raises(OutOfRoom, match=f"the disk of {trees.folder}/000/a.txt: free"):
        trees.of_working_tree()
