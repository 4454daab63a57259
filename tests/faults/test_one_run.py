"""Every fault in one run, beside what is sound: each has its reason, the others finish, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.model import Run
from bench.results import store
from tests.faults.expected import BROKEN, ENDED, FAILED, SECONDS, SOUND
from tests.faults.planting import plant

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
MARK = "BENCH_FAULTS_OF"
"""In the environment of every process of the run, whatever becomes of its parent."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left: its exit code, its output, the folder of its runs."""

    code: int
    said: str
    folder: Path


def bench(site: Path, *arguments: str) -> Ended:
    paths = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join(paths), MARK: str(site), "COLUMNS": "120"}
    surroundings |= {f"BENCH_{name.upper()}": str(site / name) for name in ("cache", "locks")}
    command = [sys.executable, "-m", "bench", *arguments]
    done = subprocess.run(command, env=surroundings, cwd=site, capture_output=True, timeout=560, check=False)
    return Ended(done.returncode, (done.stdout + done.stderr).decode(), site / "out")


def remaining(site: Path) -> list[str]:
    """The processes of the run that are still there."""
    mark = f"{MARK}={site}".encode()
    return [path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if mark in environment(path)]


def environment(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # another user's, or gone
        return b""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def ended(site: Path) -> Ended:
    ids = sorted({name.partition(".")[0] for name in (*FAILED, *ENDED, *SOUND)} | set(BROKEN))
    options = ("--profile", "smoke", "--device", "cpu", "--timeout", str(SECONDS), "-o", str(site / "out"))
    return bench(site, "run", *ids, "ex06.a.settings", *options)


@pytest.fixture(scope="module")
def run(ended: Ended) -> Run:
    (folder,) = (path.parent for path in ended.folder.glob("*/run.json"))
    return store.read(folder)


def test_every_fault_has_its_outcome_and_a_reason_that_names_the_cause(run: Run) -> None:
    failed = {f"{r.case.exercise}.{r.case.part}": r for r in run.records if r.outcome != "ok"}
    expected = {name: ("failed", words) for name, words in FAILED.items()} | ENDED
    assert {name: record.outcome for name, record in failed.items()} == {n: each[0] for n, each in expected.items()}
    assert {name: record.reason for name, record in failed.items() if expected[name][1] not in record.reason} == {}
    assert max(len(record.reason) for record in run.records) <= 500
    assert max(len(record.detail.encode()) for record in run.records) <= 8_000


def test_what_cannot_be_loaded_is_one_row(run: Run) -> None:
    assert sorted(broken.exercise for broken in run.broken) == sorted(BROKEN)
    assert {b.exercise: b.reason for b in run.broken if BROKEN[b.exercise] not in b.reason} == {}
    assert max(len(broken.reason) for broken in run.broken) <= 500


def test_whatever_is_sound_has_finished(run: Run) -> None:
    finished = {f"{r.case.exercise}.{r.case.part}" for r in run.records if r.outcome == "ok"}
    assert finished == {*SOUND, "ex06.a.settings"}
    assert run.finished


def test_the_exit_code_is_that_of_a_failure_and_no_traceback_is_shown(ended: Ended) -> None:
    assert ended.code == 1
    assert "Traceback" not in ended.said


def test_the_pages_are_drawn_and_have_a_size(ended: Ended, run: Run) -> None:
    (folder,) = (path.parent for path in ended.folder.glob("*/run.json"))
    pages = {path.stem: path.stat().st_size for path in folder.glob("*.html")}
    assert set(pages) == {"index"} | {record.case.exercise for record in run.records}
    assert max(pages.values()) < 2_000_000
    written = "".join(path.read_text() for path in folder.glob("*.html"))
    assert "This cannot be drawn: ValueError: its numbers, or the axis around them" in written
    assert "this page cannot be shown" not in written


def test_every_picture_has_a_file_of_its_own(run: Run) -> None:
    paths = [figure.path for record in run.records for figure in record.findings.figures]
    assert len(paths) == len(set(paths)) == 19


def test_the_output_is_bounded(ended: Ended) -> None:
    assert len(ended.said) < 40_000
    assert "\x1b" not in ended.said
    assert "\0" not in ended.said


def test_no_process_remains(ended: Ended, site: Path) -> None:
    assert remaining(site) == []


def test_a_sound_one_is_run_and_listed_beside_them(site: Path) -> None:
    listed = bench(site, "list")
    assert (listed.code, "f00" in listed.said, "Traceback" in listed.said) == (0, True, False)
    alone = bench(site, "run", "f00", "--profile", "smoke", "--device", "cpu", "-o", str(site / "alone"))
    assert alone.code == 0
