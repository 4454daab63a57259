"""The command line as a user calls it: a process of its own in an empty folder."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TRIAL = Path(__file__).parents[1] / "trial"
Bench = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Calls ``bench``; ``path`` comes on ``PYTHONPATH`` (the trial distribution, unless told otherwise)."""

    def call(*arguments: str, path: str = str(TRIAL), **more: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"PYTHONPATH": path, "BENCH_LOCKS": str(tmp_path / "locks"), "COLUMNS": "80"} | more
        command = [sys.executable, "-m", "bench", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=240)

    return call


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    """What a user's mistake must look like: the documented exit code, one line on stderr, nothing on stdout."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("looking at")]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("bench: ")
    return lines[0]


@pytest.fixture(name="one_line")
def one_line_fixture() -> Callable[[subprocess.CompletedProcess[str], int], str]:
    return one_line
