"""What an engine is given to start."""

import sys
from pathlib import Path

import pytest

from bench.cluster import commands

BENCH = [sys.executable, "-m", "bench", "work"]
PROBE = commands.of_probe(Path("/run"), "embedded", 2)


def test_the_program_is_this_very_one() -> None:
    assert commands.program() == BENCH


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
