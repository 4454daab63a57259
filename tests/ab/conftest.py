"""A small repository: a distribution of one exercise, whose cost stands in a file."""

from __future__ import annotations

import os
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


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Git in ``tmp_path/repo``, by nobody's settings."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    folder = tmp_path / "repo"
    folder.mkdir()

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(("git", *who, *arguments), cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    return git


@pytest.fixture
def commit(git: Git, tmp_path: Path) -> Commit:
    """Writes files and commits them: ``commit("message", {"path": "text"})`` gives the hash."""

    def commit(message: str, files: dict[str, str]) -> str:
        for name, text in files.items():
            path = tmp_path / "repo" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        git("add", "--all")
        git("commit", "--quiet", "--allow-empty", "-m", message)
        return git("rev-parse", "HEAD")

    return commit


@pytest.fixture
def repository(commit: Commit, tmp_path: Path) -> Repository:
    """One commit, "first", of a file ``a.txt``."""
    commit("first", {"a.txt": "1"})
    return Repository.around(tmp_path / "repo")
