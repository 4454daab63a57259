"""The runner, its warm processes and their children are killed, or the runner is asked to end, at moments that nobody
chose; the run becomes whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

from bench.execute.session import unfinished
from bench.results import journal, store

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("BENCH_TEST_KILLS", "12"))
"""Of each kind; a quarter of what asks. ``both`` are the runner and its warm process at once."""
KILLED = ("runner", "warm", "child", "both")
ASKED = {
    "term": signal.SIGTERM,
    "hup": signal.SIGHUP,
    "group": signal.SIGHUP,
    "once": signal.SIGINT,
    "twice": signal.SIGINT,
}
"""What is sent to the runner, or to its group."""
SEEDS = 30
STUCK = 90.0
"""Seconds in which a run that nobody hits has an end."""
EXERCISE = '''
"""ex01: to be killed"""
import subprocess, time
from bench import Exercise, hookimpl

exercise = Exercise(tags=("trial",))


@exercise.study("a", "leaves something behind, far away")
def a(lab):
    subprocess.Popen(["sleep", "900"], start_new_session=True)
    time.sleep(0.15)
    lab.claim("it was done", 0, at_most=1)


@hookimpl
def bench_exercise():
    return exercise
'''
ROOT = Path(__file__).parents[2]
TOKEN = "BENCH_TEST_KILLED"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Of commands that see one exercise more, and whose descendants can be told from all others."""
    info = tmp_path / "site" / "killed-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: killed\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[bench.exercises]\nkilled = killed_exercises\n")
    package = tmp_path / "site" / "killed_exercises"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "ex98_killed.py").write_text(EXERCISE.replace("ex01", "ex98"))
    paths = os.pathsep.join(filter(None, (str(ROOT), str(tmp_path / "site"), os.environ.get("PYTHONPATH"))))
    own = {"PYTHONPATH": paths, "BENCH_LOCKS": str(tmp_path / "locks"), TOKEN: str(tmp_path)}
    return os.environ | own


def begun(env: dict[str, str], folder: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "bench", "run", *words, "-o", str(folder / "runs")]
    with (folder / "said").open("ab") as said:
        return subprocess.Popen(command, cwd=folder, env=env, stdout=said, stderr=said, start_new_session=True)


def below(runner: subprocess.Popen[bytes]) -> Iterator[tuple[str, psutil.Process]]:
    """The warm processes, and the children that they work with, which have the same command line."""
    try:
        for warm in psutil.Process(runner.pid).children():
            if "forkserver" in " ".join(warm.cmdline()):
                yield "warm", warm
                yield from (("child", each) for each in warm.children())
    except psutil.Error:
        return


def strike(kind: str, runner: subprocess.Popen[bytes]) -> bool:
    """Kill one of a kind, if one is there; or ask the runner to end."""
    if kind in ASKED:
        for _ in range(2 if kind == "twice" else 1):
            (os.killpg if kind == "group" else os.kill)(runner.pid, ASKED[kind])
        return True
    if kind == "runner":
        runner.kill()
        return True
    for found, process in below(runner):
        if found == ("warm" if kind == "both" else kind):
            process.kill()
            if kind == "both":
                runner.kill()
            return True
    return False


def left(token: str) -> list[str]:
    """All that has come of a command, and still runs."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(TOKEN) == token:
                found.append(f"{process.status()} {process.cmdline()[:4]} {process.num_threads()}")
        except (psutil.Error, OSError):
            continue
    return found


def left_after(token: str, seconds: float) -> list[str]:
    until = monotonic() + seconds
    while (found := left(token)) and monotonic() < until:
        sleep(0.05)
    return found


def stuck(runner: subprocess.Popen[bytes], folder: Path, kind: str) -> str:
    """Where a command is that has stood still: it is ended by a signal at which it says so."""
    below_it = [
        f"{each.pid} {each.status()} {each.cmdline()[:4]}" for each in psutil.Process(runner.pid).children(True)
    ]
    runner.send_signal(signal.SIGABRT)
    runner.wait()
    said = (folder / "said").read_text(errors="replace")[-8000:]
    return f"nothing came of it for {STUCK} s, waiting to hit a {kind}; below it {below_it}; it said\n{said}"


def work_under_fire(env: dict[str, str], folder: Path, due: list[str], chance: random.Random) -> Counter[str]:
    """One run, begun and resumed until it is whole; how often which kind was hit."""
    hit: Counter[str] = Counter()
    last = monotonic()
    runner = begun(env, folder, "ex98", "--seeds", str(SEEDS), "--profile", "smoke", "--jobs", "2")
    while True:
        until = monotonic() + chance.uniform(0.1, 1.5)
        while runner.poll() is None and monotonic() < until:
            sleep(0.02)
        has_begun = list((folder / "runs").glob("*/journal.jsonl"))
        if runner.poll() is None and has_begun and due and strike(due[-1], runner):
            hit[due.pop()] += 1
            last = monotonic()
        if runner.poll() is None:
            assert monotonic() < last + STUCK, stuck(runner, folder, due[-1] if due else "")
            continue
        assert left_after(env[TOKEN], 2.0) == []
        if runner.returncode == 0:
            return hit
        runner, last = begun(env, folder, "--resume", "latest"), monotonic()


def test_whatever_is_killed_nothing_is_lost_and_nothing_done_twice(env: dict[str, str], tmp_path: Path) -> None:
    chance = random.Random(18)
    wanted = dict.fromkeys(KILLED, KILLS) | dict.fromkeys(ASKED, max(1, KILLS // 4))
    due = [kind for kind, count in wanted.items() for _ in range(count)]
    chance.shuffle(due)
    hit: Counter[str] = Counter()
    for number in range(10 * KILLS):
        if not due:
            break
        folder = tmp_path / str(number)
        folder.mkdir()
        hit += work_under_fire(env, folder, due, chance)
        (path,) = (folder / "runs").glob("*-ex98-*")
        run = store.read(path)
        assert run.finished
        assert [record.case.seed for record in run.records] == list(range(SEEDS))
        assert {record.outcome for record in run.records} == {"ok"}
        seen = [each.task for each in journal.read(path).observations if not unfinished(each)]
        assert len(seen) == len(set(map(repr, seen))) == SEEDS
    assert hit == wanted
