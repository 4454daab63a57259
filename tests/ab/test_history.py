"""Revisions become commits, and what is not there is one line."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.ab import history
from bench.ab.history import Commit, Repository
from bench.ab.room import OutOfRoom
from bench.errors import BenchError, Missing, UsageError
from tests.ab.conftest import Commit as Committing
from tests.ab.conftest import Git


def test_a_revision_is_a_commit_with_its_subject(repository: Repository, git: Git) -> None:
    found = repository.commit("main")
    assert found == Commit(git("rev-parse", "HEAD"), "first", "main")
    assert found.label == f"main ({found.hash[:10]}): first"


def test_the_root_is_found_from_below(repository: Repository) -> None:
    below = repository.root / "deep"
    below.mkdir()
    assert Repository.around(below) == repository


@pytest.mark.parametrize("name", ["nowhere", "HEAD~9", "", "--help", "-h", "HEAD:a.txt"])
def test_an_unknown_revision_is_one_line(repository: Repository, name: str) -> None:
    with pytest.raises(UsageError, match=r"has no revision .*; `git log --oneline` shows"):
        repository.commit(name)


def test_no_repository_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="lies in no git repository"):
        Repository.around(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        Repository.around(tmp_path / "nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="git is not here"):
        Repository.around(tmp_path)


def test_a_hook_that_set_its_own_repository_does_not_mislead(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    assert Repository.around(repository.root) == repository


def test_commits_between_are_those_after_the_first(repository: Repository, commit: Committing) -> None:
    hashes = [commit(f"number {i}", {"a.txt": str(i)}) for i in range(3)]
    walked = repository.between(repository.commit("HEAD~3"), repository.commit("HEAD"))
    assert [each.hash for each in walked] == hashes
    assert [each.subject for each in walked] == ["number 0", "number 1", "number 2"]


def test_a_merge_is_one_step(repository: Repository, commit: Committing, git: Git) -> None:
    start = repository.commit("HEAD")
    git("checkout", "--quiet", "-b", "side")
    commit("beside", {"b.txt": "1"})
    git("checkout", "--quiet", "main")
    commit("on the line", {"a.txt": "2"})
    git("merge", "--quiet", "--no-ff", "-m", "merged", "side")
    assert [each.subject for each in repository.between(start, repository.commit("HEAD"))] == ["on the line", "merged"]
    with pytest.raises(UsageError, match="side is not among the first parents of HEAD"):
        repository.between(repository.commit("side"), repository.commit("HEAD"))


def test_a_shallow_clone_refuses_to_be_walked(repository: Repository, commit: Committing, tmp_path: Path) -> None:
    commit("second", {"a.txt": "2"})
    shallow = tmp_path / "shallow"
    command = ("git", "clone", "--quiet", "--depth=1", f"file://{repository.root}", str(shallow))
    subprocess.run(command, check=True, capture_output=True)
    clone = Repository.around(shallow)
    with pytest.raises(UsageError, match="shallow clone"):
        clone.between(clone.commit("HEAD"), clone.commit("HEAD"))
    with pytest.raises(UsageError, match=r"has no revision 'HEAD~1'; .*`git fetch --unshallow`"):
        clone.commit("HEAD~1")


def test_changed_files_are_those_of_both_ends(repository: Repository, commit: Committing) -> None:
    first = repository.commit("HEAD")
    commit("second", {"b.txt": "1"})
    (repository.root / "ü c.txt").write_text("untracked")
    assert repository.changed(first, repository.commit("HEAD")) == ("b.txt",)
    assert repository.changed(first, None) == ("b.txt", "ü c.txt")


def test_what_git_refuses_is_one_line(repository: Repository) -> None:
    with pytest.raises(BenchError, match="git worktree failed in"):
        repository.git("worktree", "add", "--detach", str(repository.root), "HEAD")


def test_a_subject_does_not_steer_the_terminal(repository: Repository, commit: Committing) -> None:
    commit("red \x1b[31m" + "x" * 500, {})
    subject = repository.commit("HEAD").subject
    assert subject.startswith("red �[31m")
    assert len(subject) == 200
    assert history.printable("a\x00b") == "a�b"


def test_a_full_disk_is_told_from_what_git_refuses(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    full = b"error: unable to write file a.txt: No space left on device\nfatal: could not reset the index\n"
    monkeypatch.setattr(history, "run_git", lambda *words: SimpleNamespace(returncode=128, stderr=full))
    with pytest.raises(OutOfRoom, match=r"free some, then measure again \(error: unable to write file a.txt"):
        repository.git("worktree", "add", "x")
