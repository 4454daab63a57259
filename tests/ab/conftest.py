"""A small repository: a distribution of one exercise, whose cost stands in a file."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.ab.history import Repository

FILES = {
    "toy-0.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: toy\nVersion: 0.1\n",
    "toy-0.1.dist-info/entry_points.txt": "[bench.exercises]\ntoy = toy_exercises\n",
    "toy_exercises/__init__.py": "",
    "toy_exercises/factor.txt": "4",
    "toy_exercises/ex60_toy.py": '''"""ex60: A sort that takes as long as a file says."""

from pathlib import Path

import torch

from bench import Exercise, Lab, hookimpl

exercise = Exercise(tags=("toy",))
FACTOR = int(Path(__file__).with_name("factor.txt").read_text())


@exercise.comparison("a.speed", "How long?", reference="sorted")
def speed(lab: Lab):
    x = torch.randn(2000, generator=lab.generator()).to(lab.device, lab.dtype)

    def often():
        for _ in range(FACTOR - 1):
            torch.sort(x)
        return torch.sort(x).values

    return {"sorted": often}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
''',
}

Git = Callable[..., str]
Commit = Callable[..., str]


def git_in(folder: Path) -> Git:
    """Git in a folder, by nobody's settings, whatever a hook may have set."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")

    def git(*arguments: str) -> str:
        command = ("git", *who, *arguments)
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    return git


def committing(git: Git, folder: Path) -> Commit:
    """Writes files and commits them: ``commit("message", {"path": "text"})`` gives the hash."""

    def commit(message: str, files: dict[str, str]) -> str:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        git("add", "--all")
        git("commit", "--quiet", "--allow-empty", "-m", message)
        return git("rev-parse", "HEAD")

    return commit


def new_repository(folder: Path) -> tuple[Git, Commit]:
    """An empty repository: git in it, and what commits to it."""
    folder.mkdir(parents=True)
    git = git_in(folder)
    git("init", "--quiet", "--initial-branch=main", "--template=")
    return git, committing(git, folder)


@pytest.fixture(scope="session")
def toy_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five commits of the distribution: first, same, slow, still, crashes. To be copied, not changed."""
    folder = tmp_path_factory.mktemp("history") / "repo"
    _, commit = new_repository(folder)
    commit("first", FILES)
    commit("same", {"toy_exercises/factor.txt": "4 "})
    commit("slow", {"toy_exercises/factor.txt": "40"})
    commit("still", {"README": "x"})
    commit("crashes", {"toy_exercises/factor.txt": "no number"})
    return folder


@pytest.fixture(scope="session")
def one_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One commit, "first", of a file ``a.txt``. To be copied, not changed."""
    folder = tmp_path_factory.mktemp("history") / "repo"
    _, commit = new_repository(folder)
    commit("first", {"a.txt": "1"})
    return folder


@pytest.fixture
def repository(one_commit: Path, tmp_path: Path) -> Repository:
    """One commit, "first", of a file ``a.txt``."""
    return Repository(Path(shutil.copytree(one_commit, tmp_path / "repo")))


@pytest.fixture
def git(repository: Repository) -> Git:
    return git_in(repository.root)


@pytest.fixture
def commit(repository: Repository, git: Git) -> Commit:
    return committing(git, repository.root)


@pytest.fixture
def toy(toy_history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The distribution of one exercise, imported from its repository, without the commit that crashes."""
    root = Path(shutil.copytree(toy_history, tmp_path / "repo", symlinks=True))
    git_in(root)("reset", "--quiet", "--hard", "HEAD~1")
    monkeypatch.syspath_prepend(root)
    return Repository(root)
