"""What an engine is given to start."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.cluster import commands

BENCH = [sys.executable, "-P", "-m", "bench", "work"]
PROBE = commands.of_probe(Path("/run"), "embedded", 2)


def test_the_program_is_this_very_one() -> None:
    assert commands.program() == BENCH


def test_a_folder_of_the_same_name_where_it_is_called_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "__init__.py").write_text("raise SystemExit('another clone')")
    done = subprocess.run([*commands.program(), "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Do shard NUMBER of RUN" in done.stdout


def test_a_shard_is_its_runs_folder_and_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    command = commands.of_shard(Path("run"), 12)
    assert command == [*BENCH, str(tmp_path.resolve() / "run"), "12"], "a node is in another folder"
    shard = commands.numbered(command)
    assert shard is not None
    assert (shard.command, shard.number) == (command[:-1], 12)


@pytest.mark.parametrize(
    "command",
    [
        commands.of_probe(Path("/run"), "embedded", 2),
        ["true"],
        ["sleep", "5"],
        [*BENCH, "7"],
        ["other", *BENCH[1:], "/run", "7"],
    ],
)
def test_what_does_no_shard_has_no_number(command: list[str]) -> None:
    assert commands.numbered(command) is None
