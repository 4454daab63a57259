"""A night of a cluster on a virtual clock: thousands of shards, hundreds of nodes, of which some die.

Nothing here holds a time: `python -m tests.cluster.test_simulation 10000 200` says what it took.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import pytest

from bench.cluster import attempts, handed, merging, watching
from bench.cluster.engine import State
from bench.cluster.shards import AT_LEAST, Needs, cut
from bench.cluster.watching import Watch
from bench.model import Plan, Run
from bench.results import store
from tests.cluster.doubles import Deed, listener, place, plan_of, run_at

HOUR = 3600.0
DEATHS = 0.01
"""Of a node in an hour."""


@dataclass
class Job:
    number: int
    state: State = "waiting"
    ends: float = 0.0
    deed: Deed = "done"


@dataclass
class Cluster:
    """``Cloud`` for many: only what runs is looked at, and what a shard writes is written without its process."""

    run: Path
    plan: Plan
    nodes: int
    random: Random = field(default_factory=lambda: Random(0))
    jobs: dict[str, Job] = field(default_factory=dict)
    queue: list[str] = field(default_factory=list)
    running: dict[int, str] = field(default_factory=dict)
    now: float = 0.0
    died: int = 0
    elsewhere: float = 0.0
    outlives = True

    @cached_property
    def shards(self) -> Sequence[handed.Shard]:
        return handed.read(self.run)[2]

    def start(self, commands: Sequence[Sequence[str]], needs: Needs) -> tuple[str, ...]:
        handles = [str(len(self.jobs) + n) for n in range(len(commands))]
        self.jobs |= {handle: Job(int(command[-1])) for handle, command in zip(handles, commands, strict=True)}
        self.queue[:0] = reversed(handles)
        return tuple(handles)

    def look(self, handles: Sequence[str]) -> Mapping[str, State]:
        return {handle: self.jobs[handle].state for handle in handles}

    def cancel(self, handles: Sequence[str]) -> None: ...

    def close(self) -> None: ...

    def pause(self, seconds: float) -> None:
        """A shard takes about what it was cut for; its node may die meanwhile, and is back afterwards."""
        began = process_time()
        self.now += seconds
        for node, handle in [(n, h) for n, h in self.running.items() if self.jobs[h].ends <= self.now]:
            job = self.jobs[handle]
            job.state = "ended"
            del self.running[node]
            if job.deed == "done":
                self._write(job.number, f"n{node}")
        for node in range(self.nodes):
            if node not in self.running and self.queue:
                self._begin(node, self.jobs[self.queue[-1]])
                self.running[node] = self.queue.pop()
        self.elsewhere += process_time() - began

    def _begin(self, node: int, job: Job) -> None:
        seconds = AT_LEAST * self.random.uniform(0.5, 1.5)
        job.state, job.ends = "running", self.now + seconds
        if self.random.random() < DEATHS * seconds / HOUR:
            job.deed, job.ends = "dies", self.now + seconds * self.random.random()
            self.died += 1

    def _write(self, number: int, host: str) -> None:
        here = place(host, cpu=f"cpu {int(host[1:]) % 2}")
        attempt = attempts.begin(self.run, number, host)
        (attempt / store.RUN).write_bytes(store.encode(run_at(self.plan, self.shards[number], here)))
        (attempt.parent / attempts.DONE).write_text(attempt.name)


def night(root: Path, many: int, nodes: int) -> tuple[Run, Cluster, Watch, dict[str, float]]:
    """A run of so many shards: half of them studies, half comparisons; and what each step took in seconds."""
    took: dict[str, float] = {}

    def timed(name: str, began: float) -> None:
        took[name] = process_time() - began

    plan = plan_of("ex01.a", sizes=range(many // 2))
    timing = plan_of("ex02.a.speed").tasks[0]
    parts = [replace(timing, case=replace(timing.case, part=f"a{n}.speed")) for n in range(many - many // 2)]
    plan = replace(plan, tasks=(*plan.tasks, *parts))
    folder = root / plan.id
    folder.mkdir()
    began = process_time()
    shards = cut(plan, lambda task: AT_LEAST)
    timed("cut", began)
    began = process_time()
    watching.begin(plan, folder, handed.Cut(engine="double", pieces=handed.pieces(plan, shards)))
    timed("write down", began)
    began = process_time()
    plan, _, shards = handed.read(folder)
    timed("read", began)
    cluster, told = Cluster(folder, plan, nodes), listener()
    watch = Watch(plan=plan, folder=folder, shards=shards, engine=cluster, observer=told, pause=cluster.pause)
    began = process_time()
    with watching.watched(folder):
        watch._begin()
        timed("hand out", began)
        began = process_time()
        watch._watch()
    timed("watch", began)
    took["watch"] -= cluster.elsewhere
    began = process_time()
    run = merging.merge(folder)
    timed("merge", began)
    began = process_time()
    merging.bring(folder, shards)
    timed("bring", began)
    took["looks"] = len(told.stood)
    return run, cluster, watch, took


def held(root: Path, many: int, nodes: int) -> None:
    run, cluster, watch, _ = night(root, many, nodes)
    assert run.finished
    assert len({record.case.whole for record in run.records}) == many
    assert [record.case.whole for record in run.records if record.case.variant in (None, "ours")] == [
        task.case for task in cluster.plan.tasks
    ]
    assert len(cluster.jobs) == many + cluster.died
    assert len(run.places) == nodes
    assert watch.standing().words == f"{many} shards: {many} done"
    again = Cluster(cluster.run, cluster.plan, nodes, jobs=cluster.jobs)
    assert replace(watch, engine=again, open={}, done=set()).run() == run
    assert len(again.jobs) == many + cluster.died, "something that was done was handed out again"


def test_a_night_of_a_small_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "DEATHS", 0.5)
    held(tmp_path, 300, 20)


@pytest.mark.slow
def test_a_night_of_a_large_cluster(tmp_path: Path) -> None:
    held(tmp_path, 10_000, 200)


if __name__ == "__main__":
    many, nodes = int(sys.argv[1]), int(sys.argv[2])
    memory = len(sys.argv) > 3
    if memory:
        tracemalloc.start()
    with TemporaryDirectory() as root:
        began = perf_counter()
        _, cluster, _, took = night(Path(root), many, nodes)
    print(*(f"{name} {value:.2f}" for name, value in took.items()), sep="\n")  # noqa: T201
    print(f"{cluster.died} died, {cluster.now:.0f} s of the virtual clock, {perf_counter() - began:.0f} s in all")  # noqa: T201
    if memory:
        print(f"{tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB at most")  # noqa: T201
