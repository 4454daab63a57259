"""Environments are asked of uv once, and found again by what is in them."""

import os
import sys
from pathlib import Path

import pytest

from bench import catalogue
from bench.ab import environments
from bench.errors import Missing, UsageError

UV = """#!/bin/sh
echo "$@" >> "$UV_SAID"
if [ "$1" = venv ]; then
  for place; do :; done
  mkdir -p "$place/bin" && touch "$place/bin/python"
elif [ -n "$UV_FAILS" ]; then
  printf '  × No solution found when resolving dependencies:\\n  ╰─▶ Because there is no version\\n' >&2; exit 1
fi
"""


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for uv on the PATH; the file has a line a call."""
    program = tmp_path / "bin" / "uv"
    program.parent.mkdir()
    program.write_text(UV)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("UV_SAID", str(tmp_path / "said"))
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(environments, "needed", lambda: ("click>=8",))
    return tmp_path / "said"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("torch==2.11", ("torch==2.11",)),
        ("torch==2.11 numpy>=2,<3", ("torch==2.11", "numpy>=2,<3")),
        ("torch", ("torch",)),
        ("torch==2.14.0+cpu", ("torch==2.14.0+cpu",)),
        ("jax[cpu]~=0.4", ("jax[cpu]~=0.4",)),
    ],
)
def test_requirements_are_words(text: str, words: tuple[str, ...]) -> None:
    assert environments.requirements(text) == words


@pytest.mark.parametrize(
    "text", ["", " ", "--index-url=http://x", "-e .", "./here", "git+https://x/y", "torch==", "a@https://b", "torch;x"]
)
def test_what_is_no_requirement_is_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="is no requirement for --env, such as torch"):
        environments.requirements(text)


def test_an_environment_is_made_once(uv: Path, tmp_path: Path) -> None:
    said: list[str] = []
    python = environments.make(["torch==2.11"], said.append)
    assert environments.make(["torch==2.11"], said.append) == python
    assert said == ["making an environment with torch==2.11 …"]
    assert Path(python).parents[2] == tmp_path / "cache" / "environments"
    venv, install = uv.read_text().splitlines()
    assert venv.startswith(f"venv --quiet --relocatable --allow-existing --python {sys.executable} ")
    assert install.endswith("-- torch==2.11 click>=8")
    assert environments.make(["torch==2.14"], said.append) != python
    assert not list((tmp_path / "cache" / "environments").glob("making-*"))


def test_what_uv_refuses_is_one_line_and_leaves_nothing(
    uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_FAILS", "1")
    with pytest.raises(UsageError, match="uv could not make the environment: No solution found when resolving") as told:
        environments.make(["torch==9"], print)
    assert "\n" not in str(told.value)
    assert list((tmp_path / "cache" / "environments").iterdir()) == []


def test_no_uv_is_one_line(uv: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="uv is not here"):
        environments.make(["torch==2.11"], lambda text: None)


def test_a_cache_that_cannot_be_written_is_one_line(uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "file"))
    with pytest.raises(UsageError, match="set BENCH_CACHE"):
        environments.make(["torch==2.11"], lambda text: None)


def test_an_environment_needs_what_bench_needs() -> None:
    wanted = environments.needed()
    assert any(text.startswith("torch>=") for text in wanted)
    assert not any("extra" in text for text in wanted)


def test_the_exercises_are_known_in_another_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environments.describe(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert ("bench_exercises", "dl-exercise-bench") in list(catalogue.packages())
