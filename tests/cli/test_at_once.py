"""Many commands in one folder of results: eight runs, a run that is gone on with while it works, two reports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.results import journal, store

RUNS = 8
READS = 10_000
SLEEPER = '''
"""ex98: waits for a file"""
import time
from pathlib import Path
from bench import Exercise, hookimpl

exercise = Exercise()


@exercise.study("a", "done when it may be")
def a(lab):
    while not Path({!r}).exists():
        time.sleep(0.01)
    lab.claim("it was done", 0, at_most=1)


@hookimpl
def bench_exercise():
    return exercise
'''
Begin = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins a command in an empty folder, as a user does."""
    begun: list[subprocess.Popen[str]] = []

    def begin(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "bench", *words]
        env = os.environ | {"BENCH_LOCKS": str(tmp_path / "locks")}
        pipe = subprocess.PIPE
        begun.append(subprocess.Popen(command, cwd=tmp_path, env=env, stdout=pipe, stderr=pipe, text=True))
        return begun[-1]

    yield begin
    for each in begun:
        each.kill()
        each.communicate()


@pytest.mark.slow
def test_eight_runs_at_once_are_eight_runs(begin: Begin, tmp_path: Path) -> None:
    commands = [begin("run", "ex96.ok", "--profile", "smoke", "--seed", str(seed)) for seed in range(RUNS)]
    ended = [(*each.communicate(timeout=560), each.returncode) for each in commands]
    assert [code for *_, code in ended] == [0] * RUNS, ended
    runs = [store.read(folder) for folder in (tmp_path / "results").iterdir()]
    assert sorted(run.seeds[0] for run in runs) == list(range(RUNS))
    assert len({run.id for run in runs}) == RUNS
    assert all(run.finished and [record.case.seed for record in run.records] == list(run.seeds) for run in runs)
    assert all((tmp_path / "results" / run.id / "index.html").read_bytes().endswith(b"</html>") for run in runs)


@pytest.mark.slow
def test_a_run_that_is_at_work_is_not_gone_on_with(begin: Begin, install: Callable, tmp_path: Path) -> None:
    may_end = tmp_path / "may end"
    install("more", ex98_new=SLEEPER.format(str(may_end)).lstrip())
    at_work = begin("run", "ex98", "--profile", "smoke")
    while not list(tmp_path.glob("results/*/journal.jsonl")):
        assert at_work.poll() is None
        os.sched_yield()
    again = begin("run", "--resume", "latest")
    said = again.communicate(timeout=560)[1]
    assert (again.returncode, said.count("\n"), "is still running" in said) == (2, 1, True), said
    may_end.touch()
    at_work.communicate(timeout=560)
    assert at_work.returncode == 0
    (folder,) = (tmp_path / "results").iterdir()
    assert len(journal.read(folder).observations) == len(store.read(folder).records) == 1


@pytest.mark.slow
def test_two_reports_at_once_never_show_half_a_page(begin: Begin, tmp_path: Path) -> None:
    run = begin("run", "ex96.ok", "--profile", "smoke")
    said = run.communicate(timeout=560)
    assert run.returncode == 0, said
    (page,) = tmp_path.glob("results/*/index.html")
    reports = [begin("report", page.parent.name) for _ in range(2)]
    seen: set[int] = set()
    reads = 0
    while reads < READS or any(each.poll() is None for each in reports):
        with page.open("rb") as file:
            seen.add(os.fstat(file.fileno()).st_ino)
            content = file.read()
        assert (content[:15], content[-7:]) == (b"<!doctype html>", b"</html>"), reads
        reads += 1
    assert [each.communicate()[1] for each in reports if each.returncode] == []
    assert len(seen) > 1, "the page was written anew while it was read"
