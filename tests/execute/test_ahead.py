"""What needs no clock is done side by side: the same run, sooner; and nothing left behind when it is stopped."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.errors import BenchError
from bench.execute.ahead import side_by_side
from bench.execute.executors.local import Workers
from bench.execute.messages import Order
from bench.execute.session import Session
from bench.model import Case, Observation, Task
from bench.results import journal, store

NAMES = ("ex90", "ex96.ok", "ex96.claim", "ex96.raises", "ex96.dies")
Begin = Callable[..., Session]


def test_it_is_the_run_of_one_at_a_time(begin: Begin) -> None:
    one, two = begin(*NAMES), begin(*NAMES, jobs=2)
    assert (one.lanes, two.lanes) == (1, 2)
    first, second = one.run(), two.run()
    assert [record.case for record in first.records] == [record.case for record in second.records]
    for a, b in zip(first.records, second.records, strict=True):
        assert (a.outcome, a.reason, a.findings.claims) == (b.outcome, b.reason, b.findings.claims)
    tasks = [store.encode(seen.task) for seen in journal.read(two.folder).observations]
    assert len(tasks) == len(set(tasks))


def test_all_that_needs_no_clock_comes_before_anything_that_is_timed(begin: Begin) -> None:
    session = begin(*NAMES, jobs=2)
    session.run()
    kinds = [seen.task.kind for seen in journal.read(session.folder).observations]
    timed = kinds.index("time")
    assert kinds[timed:] == ["time"] * (len(kinds) - timed)
    assert kinds.count("study") == 5
    assert {"agree", "weigh"} <= set(kinds[:timed])


def test_each_study_is_told_of_once(begin: Begin, voice: SimpleNamespace) -> None:
    heard: list[str] = []
    session = begin(*NAMES, jobs=2)
    session.voice = SimpleNamespace(
        **(vars(voice) | {"begin": lambda group: heard.append(group[0].case.part), "done": lambda seen: None})
    )
    session.run()
    assert sorted(heard) == sorted(["a", "a.speed", "ok", "claim", "raises", "dies"])


def test_studies_that_were_done_are_in_a_run_that_was_stopped(begin: Begin, voice: SimpleNamespace) -> None:
    def stop(seen: Observation) -> None:
        if seen.task.case.part == "claim":
            raise KeyboardInterrupt

    session = begin("ex96.ok", "ex96.claim", "ex96.hangs", "ex90.a.speed", jobs=2)
    session.voice = SimpleNamespace(**(vars(voice) | {"done": stop}))
    run = session.run()
    assert session.interrupted
    assert not run.finished
    assert [record.case.part for record in run.records] == ["ok", "claim"]
    assert store.read(session.folder) == run


def test_exitfirst_goes_one_by_one(begin: Begin) -> None:
    session = begin("ex96.claim", "ex96.skip", jobs=2, stop_first=True)
    run = session.run()
    assert [record.case.part for record in run.records] == ["claim"]
    assert len(journal.read(session.folder).observations) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, BenchError])
def test_what_stops_one_lane_ends_the_children_of_the_others(tmp_path: Path, workers: Workers, error: type) -> None:
    pids: list[int] = []
    begun = threading.Event()

    def do(task: Task, crew: Workers) -> None:
        if task.case.part == "ok":
            assert begun.wait(60)
            raise error("stop")
        order = Order(
            kind="task",
            module="trial_exercises.ex96_ends",
            exercise="ex96",
            task=task,
            profile="smoke",
            folder=str(tmp_path),
        )
        crew.do(order, timeout=None, listen=lambda _: None)

    def watch() -> None:
        while not any(path.read_text() for path in tmp_path.rglob("pid")):
            os.sched_yield()
        pids.extend(int(path.read_text()) for path in tmp_path.rglob("pid"))
        begun.set()

    threading.Thread(target=watch, daemon=True).start()
    hangs = Task("study", Case(exercise="ex96", part="hangs", device="cpu", seed=0))
    with pytest.raises(error):
        side_by_side([hangs, replace(hangs, case=replace(hangs.case, part="ok"))], 2, workers, do)
    assert pids
    assert gone(pids[0])


def gone(pid: int) -> bool:
    """Whether a process ends; a killed one is gone once its parent has looked."""
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        os.sched_yield()
