"""Pages shared among processes come back in their order, and what they raise is raised."""

import os
import signal
import subprocess
import sys
from concurrent.futures import Future
from dataclasses import replace
from math import sqrt
from pathlib import Path
from time import monotonic
from types import SimpleNamespace

import psutil
import pytest

from bench.model import Case, Curve, Findings, Record, Run
from bench.report import side_by_side
from bench.report.page import html
from bench.report.side_by_side import MANY, map_processes
from bench.results import environment


def process(item: int) -> tuple[int, int]:
    return item, os.getpid()


def monotonic_of(item: int) -> tuple[int, float]:
    return item, monotonic()


def test_few_pages_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "cores", lambda: 8)
    assert {pid for _, pid in map_processes(process, range(2 * MANY - 1))} == {os.getpid()}


def test_many_are_shared_and_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "cores", lambda: 2)
    done = map_processes(process, range(2 * MANY))
    assert [item for item, _ in done] == list(range(2 * MANY))
    assert os.getpid() not in {pid for _, pid in done}


def test_the_heaviest_begin_and_all_keep_their_order() -> None:
    begun = map_processes(monotonic_of, [1, 2, 3, 4], processes=2, weight=lambda item: item)
    assert [item for item, _ in begun] == [1, 2, 3, 4]
    assert min(begun, key=lambda each: each[1])[0] in (3, 4)


def test_what_a_page_raises_is_raised() -> None:
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        map_processes(sqrt, [1.0, -1.0], processes=2)


def test_after_an_error_no_page_is_begun_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, bool]] = []

    def submit(work: object, item: object) -> Future[object]:
        failed: Future[object] = Future()
        failed.set_exception(ValueError("of a page"))
        return failed

    pool = SimpleNamespace(submit=submit, shutdown=lambda **how: told.append(how))
    monkeypatch.setattr(side_by_side, "ProcessPoolExecutor", lambda *_, **__: pool)
    with pytest.raises(ValueError, match="of a page"):
        map_processes(process, [1, 2], processes=2)
    assert told == [{"cancel_futures": True}]


def test_who_draws_ends_with_who_waits_for_it() -> None:
    code = "import time; from bench.report.side_by_side import map_processes; map_processes(time.sleep, [600] * 4, 2)"
    waiting = subprocess.Popen([sys.executable, "-c", code])
    while len(drawing := psutil.Process(waiting.pid).children()) < 3:  # two, and the tracker of their resources
        os.sched_yield()
    waiting.kill()
    waiting.wait()
    _, alive = psutil.wait_procs(drawing, timeout=60)
    for process in alive:
        process.kill()
    assert not alive


CLOSED = """
import signal, time
from bench.cli import interrupts
from bench.report.side_by_side import map_processes
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run under nohup
interrupts.heed()
try:
    map_processes(time.sleep, [600] * 4, 2)
except KeyboardInterrupt:
    print("asked to end")
"""


def test_a_terminal_that_is_closed_meanwhile_leaves_no_tracebacks() -> None:
    waiting = subprocess.Popen(
        [sys.executable, "-c", CLOSED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    while len(psutil.Process(waiting.pid).children()) < 3:
        os.sched_yield()
    os.killpg(waiting.pid, signal.SIGHUP)
    assert waiting.communicate() == ("asked to end\n", "")


def test_the_same_run_gives_the_same_bytes_however_it_is_drawn(run: Run, tmp_path: Path) -> None:
    curves = tuple(Curve(name=f"curve {i}", x=(0.0, 1.0), y=(0.0, float(i)), series="all") for i in range(3))
    record = Record(
        case=Case(exercise="ex01", part="a", device="cpu", seed=0), outcome="ok", findings=Findings(curves=curves)
    )
    run = replace(run, exercises=(), records=(record,))
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    alone.mkdir()
    shared.mkdir()
    html.bench_report(run, alone)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(side_by_side, "MANY", 1)
        patch.setattr(environment, "cores", lambda: 2)
        paths = html.bench_report(run, shared)
    assert len(paths) == 8
    for path in paths:
        assert path.read_bytes() == (alone / path.relative_to(shared)).read_bytes()
