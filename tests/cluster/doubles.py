"""What tests of runs in shards share: plans, workers in a double, and an engine whose machines and clock are ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.catalogue import Listing
from bench.cluster import handed, watching
from bench.cluster.engine import State
from bench.cluster.shards import Needs, Shard, cut
from bench.cluster.working import Worker
from bench.errors import BenchError
from bench.execute.inquiries import Seen
from bench.execute.messages import Message, Order
from bench.execute.observations import run_of
from bench.execute.schedule import group_of
from bench.lab import CHECKPOINTS
from bench.model import (
    SCHEMA,
    Case,
    Claim,
    DataSource,
    Environment,
    ExerciseInfo,
    Figure,
    Findings,
    Kind,
    Observation,
    PartInfo,
    Plan,
    Record,
    Run,
    Sample,
    Task,
    VariantResult,
)
from tests.execute.double import Double

HERE = Environment(
    python="3.11.7", torch="2.14.1", platform="Linux", cpu="a cpu", cores=2, memory=2**34, threads=1, host="n0"
)
LISTINGS = [
    Listing(id=id, title="T", tags=(), module=f"plugin.{id}", path=Path(f"{id}.py"), distribution="d")
    for id in ("ex01", "ex02", "ex03")
]


def kind_of(part: str) -> Kind:
    return "comparison" if part.endswith(".speed") else "study"


def plan_of(*parts: str, seeds: int = 1, sizes: Sequence[int] = (1,), devices: Sequence[str] = ("cpu",)) -> Plan:
    """Parts such as ``ex01.a``, a study, and ``ex01.a.speed``, a comparison; every one has cases of all sizes."""
    named = [name.partition(".")[::2] for name in parts]
    tasks = tuple(
        Task.first(
            kind_of(part), Case(exercise=exercise, part=part, device=device, seed=seed, parameters={"size": size})
        )
        for exercise, part in named
        for device in devices
        for seed in range(seeds)
        for size in sizes
    )
    infos = tuple(
        ExerciseInfo(
            id=id,
            title="T",
            parts=tuple(
                PartInfo(
                    id=part, title=part, kind=kind_of(part), reference="ours" if kind_of(part) == "comparison" else None
                )
                for exercise, part in named
                if exercise == id
            ),
        )
        for id in dict.fromkeys(exercise for exercise, _ in named)
    )
    return Plan(
        schema=SCHEMA,
        id="a-run",
        created="2026-11-29T00:00:00+00:00",
        command=("bench", "run"),
        profile="smoke",
        devices=tuple(devices),
        seeds=tuple(range(seeds)),
        data="embedded",
        threads=1,
        timeout=60.0,
        environment=HERE,
        exercises=infos,
        broken=(),
        tasks=tasks,
        modules={listing.id: listing.module for listing in LISTINGS},
    )


def second(task: Task) -> float:
    """Every case takes one."""
    return 1.0


def begun(root: Path, plan: Plan, at_least: float = 1.0) -> tuple[Path, tuple[Shard, ...]]:
    """The folder of a run in shards."""
    folder = root / plan.id
    folder.mkdir()
    shards = cut(plan, second, at_least)
    watching.begin(plan, folder, handed.Cut(engine="double", pieces=handed.pieces(plan, shards)))
    return folder, shards


def place(host: str, **changes: object) -> Environment:
    return replace(HERE, host=host, **changes)  # type: ignore[arg-type]


DATA = DataSource(name="mnist", source="a file", sha256="ab" * 32, sizes={"train": 10})


def answer(order: Order) -> Message:
    """Everything goes well; a study draws a figure."""
    task = order.task
    assert task is not None
    return observed(task, Path(order.folder))


def observed(task: Task, folder: Path | None = None) -> Observation:
    if task.kind == "study":
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "f.png").write_text(task.case.label)
        findings = Findings(claims=(Claim("c", 1.0, "equals", 1.0),), figures=(Figure("f", "f.png"),), data=(DATA,))
        return Observation(task=task, outcome="ok", findings=findings, seconds=1.0)
    sample = (Sample(round=task.round, calls=1, seconds=0.5),) if task.is_timed else ()
    names = [task.case.variant] if task.case.variant else ["ours", "theirs"]
    results = {name: VariantResult(samples=sample) for name in names}
    return Observation(task=task, outcome="ok", variants=results, seconds=1.0)


def listener() -> SimpleNamespace:
    """Hears everything and says nothing; ``said`` keeps the lines."""
    said: list[str] = []
    stood: list[object] = []
    silent: Callable[..., None] = lambda *_: None  # noqa: E731
    return SimpleNamespace(
        said=said,
        stood=stood,
        say=said.append,
        stand=stood.append,
        begin=silent,
        start=silent,
        heard=silent,
        done=silent,
    )


def work(
    run: Path,
    number: int,
    here: Environment = HERE,
    *,
    devices: tuple[str, ...] = ("cpu",),
    answers: Callable[[Order], Message] = answer,
    executor: Double | None = None,
) -> Run | None:
    """What ``bench work`` does, on a machine that is ``here``."""
    worker = Worker(
        executor=executor or Double(answers), listings=LISTINGS, listener=listener(), pause=lambda seconds: None
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bench.cluster.working.look", lambda executor, threads, data: Seen(devices, here))
        patch.setattr("bench.results.floors.recall", lambda threads: None)
        return worker.work(run, number)


def run_at(plan: Plan, shard: Shard, here: Environment, digest: str = DATA.sha256) -> Run:
    """The run of a shard as a value."""
    own = replace(plan, tasks=shard.tasks, environment=here)
    seen = []
    for task in shard.tasks:
        observation = observed(task)
        data = tuple(replace(each, sha256=digest) for each in observation.findings.data)
        seen.append(replace(observation, findings=replace(observation.findings, data=data)))
    return run_of(own, seen, finished=True)


def anywhere(run: Run) -> tuple[Record, ...]:
    """The records of a run without their places: what must not depend on these."""
    return tuple(replace(record, place="") for record in run.records)


def places_of(run: Run) -> dict[object, set[str]]:
    """Where the cases of each part and device were done that are timed against each other."""
    found: dict[object, set[str]] = {}
    for record in run.records:
        if kind_of(record.case.part) == "comparison":
            found.setdefault(group_of(Task("time", record.case)), set()).add(record.place)
    return found


Deed = str
"""``done``, ``dies``, ``refuses``, ``stays`` (for ever), ``silent`` (done, and the engine forgets it)."""


@dataclass
class Job:
    number: int
    deed: Deed
    host: str
    left: float
    state: State = "waiting"


@dataclass
class Cloud:
    """An engine of so many machines. ``deed`` says how the n-th try at a shard goes, n from 1; ``pause`` is its clock.

    ``jobs`` are all that were ever started: they go on whoever watches, so that a second watcher can ask for them.
    """

    run: Path
    deed: Callable[[int, int], Deed] = lambda number, n: "done"
    machines: int = 2
    seconds: float = 3.0
    do: Callable[[Path, int, Environment], object] = work
    outlives: bool = True
    jobs: dict[str, Job] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    busy: int = 0
    now: float = 0.0
    closed: int = 0
    refusals: int = 0
    at: Mapping[float, Callable[[], None]] = field(default_factory=dict)

    def start(self, commands: Sequence[Sequence[str]], needs: Needs) -> tuple[str, ...]:
        return tuple(self._start(int(command[-1])) for command in commands)

    def _start(self, number: int) -> str:
        n = 1 + sum(job.number == number for job in self.jobs.values())
        handle = f"h{len(self.jobs)}"
        self.jobs[handle] = Job(number, self.deed(number, n), f"n{len(self.jobs) % self.machines}", self.seconds)
        return handle

    def look(self, handles: Sequence[str]) -> Mapping[str, State]:
        if self.busy:
            self.busy -= 1
            raise BenchError("the controller does not answer")
        return {handle: self.jobs[handle].state for handle in handles if handle in self.jobs}

    def cancel(self, handles: Sequence[str]) -> None:
        self.cancelled += handles
        for handle in handles:
            self.jobs[handle].state = "ended"

    def close(self) -> None:
        self.closed += 1

    def pause(self, seconds: float) -> None:
        self.now += seconds
        if self.now > 10_000:
            raise AssertionError("this would go on for ever")
        for moment, happens in self.at.items():
            if self.now - seconds < moment <= self.now:
                happens()
        running = [job for job in self.jobs.values() if job.state == "running"]
        for job in running:
            job.left -= seconds
            if job.left <= 0 and job.deed != "stays":
                self._end(job)
        free = self.machines - sum(job.state == "running" for job in self.jobs.values())
        for job in [job for job in self.jobs.values() if job.state == "waiting"][:free]:
            job.state = "running"

    def _end(self, job: Job) -> None:
        job.state = "lost" if job.deed == "silent" else "ended"
        if job.deed in ("done", "silent"):
            self.do(self.run, job.number, place(job.host))
        elif job.deed == "refuses":
            with pytest.raises(BenchError):
                work(self.run, job.number, place(job.host, torch="1.0"))

    def numbers(self) -> list[int]:
        """The shards that were started, in the order of their starts."""
        return [job.number for job in self.jobs.values()]


def checkpoint(folder: Path, task: Task, text: str) -> Path:
    """A file as a training leaves it."""
    place = folder / task.case.folder / CHECKPOINTS
    place.mkdir(parents=True, exist_ok=True)
    (place / "epoch-1.pt").write_text(text)
    return place / "epoch-1.pt"
