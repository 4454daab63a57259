from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cluster.slurm_script import home, script

NASTY = ["a b", "it's", "$(id)", "`id`", "*", 'say "no"', "\\n", "", "é"]
SHOWN = "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ.get('CUDA_VISIBLE_DEVICES')]))"


def done(text: str, **environ: str) -> tuple[list[str], str | None]:
    """What the command that the script chooses was given, and which cards it sees."""
    given = {name: value for name, value in os.environ.items() if name != "CUDA_VISIBLE_DEVICES"} | environ
    shell = subprocess.run(["sh", "-s"], input=text, capture_output=True, text=True, env=given, check=True)
    words, cards = json.loads(shell.stdout)
    return words, cards


def test_a_task_of_an_array_does_its_own_command_with_every_word_as_it_was() -> None:
    text = script([[sys.executable, "-c", SHOWN, *words] for words in (["first"], NASTY, ["last"])], "cpu")
    assert done(text) == (["first"], None)
    assert done(text, SLURM_ARRAY_TASK_ID="1") == (NASTY, None)
    assert done(text, SLURM_ARRAY_TASK_ID="2") == (["last"], None)


@pytest.mark.parametrize(
    ("given", "seen"),
    [("1", "GPU-of-1"), ("0,3", "GPU-of-0,GPU-of-3"), ("MIG-7", "MIG-7"), ("GPU-of-2", "GPU-of-2"), ("", "")],
)
def test_a_card_is_named_by_its_uuid(tmp_path: Path, given: str, seen: str) -> None:
    smi = tmp_path / "nvidia-smi"
    smi.write_text('#!/bin/sh\nfor word; do ids=${word#--id=}; done\necho "$ids" | tr , "\\n" | sed "s/^/GPU-of-/"\n')
    smi.chmod(0o755)
    text = script([[sys.executable, "-c", SHOWN]], "cuda")
    assert done(text, PATH=f"{tmp_path}:/usr/bin:/bin", CUDA_VISIBLE_DEVICES=given) == ([], seen)


def test_a_card_keeps_its_number_where_nobody_knows_its_uuid(tmp_path: Path) -> None:
    smi = tmp_path / "nvidia-smi"
    smi.write_text("#!/bin/sh\necho No devices were found\nexit 6\n")
    smi.chmod(0o755)
    text = script([[sys.executable, "-c", SHOWN]], "cuda")
    assert done(text, PATH=f"{tmp_path}:/usr/bin:/bin", CUDA_VISIBLE_DEVICES="2") == ([], "2")


def test_the_folder_that_a_command_is_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bench").mkdir()  # a word of the command that is a folder by chance
    run = tmp_path / "run"
    run.mkdir()
    assert home([sys.executable, "-P", "-m", "bench", "work", "--probe", str(run), "--threads", "1"]) == run
    assert home(["true"]) == tmp_path
