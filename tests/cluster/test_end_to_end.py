"""From the command line to the report: two exercises in shards, held against the same run without."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from bench.cluster import attempts, handed
from bench.model import Record, Run
from bench.results import store
from tests.cluster.doubles import places_of

pytestmark = pytest.mark.slow

SCRIPT = """
from bench.cluster import engine
engine.BUILT_IN["processes"] = "tests.cluster.processes:make"
from bench.cli import main
main()
"""
ROOT = Path(__file__).parents[2]
ASKED = ("run", "ex01", "ex06", "--profile", "smoke")


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """``bench`` with one engine more, in a folder of its own."""
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    env = os.environ | {"PYTHONPATH": paths, "BENCH_LOCKS": str(tmp_path / "locks"), "COLUMNS": "80"}

    def call(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SCRIPT, *arguments]
        return subprocess.Popen(
            command, cwd=tmp_path, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    return call


def ended(process: subprocess.Popen[str]) -> str:
    out, said = process.communicate(timeout=250)
    assert process.returncode == 0, said
    assert "everything ran" in out
    return said


def plain(record: Record) -> Record:
    """Without what no two runs share: times, memory, what the machine did meanwhile, the place."""
    findings = replace(record.findings, metrics=(), curves=(), tables=(), claims=())
    return replace(
        record, seconds=0.0, samples=(), memory=None, disturbance=None, place="", findings=findings, notes=(), work=None
    )


def claims(run: Run) -> list[tuple[str, bool]]:
    return [(claim.name, claim.passed) for record in run.records for claim in record.findings.claims]


def drawn(run: Run, folder: Path) -> list[str]:
    names = [figure.path for record in run.records for figure in record.findings.figures]
    assert all((folder / name).is_file() for name in names)
    return names


def held(run: Run, folder: Path, expected: Run, whole: Path) -> None:
    """The oracle: in shards is as without."""
    assert run.finished
    assert [plain(record) for record in run.records] == [plain(record) for record in expected.records]
    assert claims(run) == claims(expected)
    assert drawn(run, folder) == drawn(expected, whole)
    assert all(len(places) == 1 for places in places_of(run).values())


def test_in_shards_a_run_is_what_it_is_without_though_one_is_killed(
    bench: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    ended(bench(*ASKED, "-o", "plain"))
    (whole,) = (tmp_path / "plain").iterdir()
    expected = store.read(whole)
    begun = bench(*ASKED, "-o", "shards", "--on", "processes")
    Thread(target=kill_one, args=(tmp_path / "shards",), daemon=True).start()
    said = ended(begun)
    assert "handed out again: shard " in said
    (folder,) = (path for path in (tmp_path / "shards").iterdir() if not path.name.startswith("."))
    held(store.read(folder), folder, expected, whole)
    _, _, shards = handed.read(folder)
    assert len(shards) > 1
    assert len([attempt for shard in shards for attempt in attempts.attempts(folder, shard.number)]) == len(shards) + 1
    assert (folder / "index.html").is_file()
    said = ended(bench("run", "--resume", str(folder)))
    assert "handed out" not in said
    held(store.read(folder), folder, expected, whole)


def kill_one(root: Path) -> None:
    """SIGKILL for the first attempt that is seen at work, in the middle of it."""
    until = monotonic() + 200
    while monotonic() < until:
        for journal in root.glob("*/shards/*/*/journal.jsonl"):
            pid = int(journal.parent.name.split("-")[-2])
            os.kill(pid, signal.SIGKILL)
            return
        sleep(0.05)
