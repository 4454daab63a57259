"""The engine for Dask, with a client that does nothing: what is submitted, published, found again and cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from bench.cluster import dask, dask_clusters
from bench.cluster.answers import answered
from bench.cluster.dask import Dask
from bench.cluster.dask_clusters import Connection
from bench.cluster.holding import hold
from bench.cluster.shards import Needs
from bench.errors import BenchError

COMMANDS = [["bench", "work", "RUN", "0"], ["bench", "work", "RUN", "1"]]
TIMED = Needs(device="cpu", threads=1, alone=True)
UNTIMED = Needs(device="cpu", threads=1, alone=False)
CUDA = Needs(device="cuda", threads=1, alone=False)

Hear = Callable[[tuple[float, tuple[str, str]]], None]


@dataclass
class Task:
    status: str = "pending"


@dataclass
class Scheduler:
    """What a real one knows, and what outlives its clients."""

    tasks: dict[str, Task] = field(default_factory=dict)
    published: dict[str, Task] = field(default_factory=dict)
    events: list[tuple[float, tuple[str, str]]] = field(default_factory=list)
    alive: dict[str, int] = field(default_factory=lambda: {"tcp://a": 1, "tcp://b": 1})
    workers: dict[str, Any] = field(default_factory=dict)


class Client:
    """``distributed.Client`` and the executor that it gives, as far as the engine calls them."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler, self.status = scheduler, "running"
        self.submitted: list[tuple[Any, ...]] = []
        self.how: list[dict[str, Any]] = []
        self.hear: dict[str, Hear] = {}

    def get_executor(self, **how: Any) -> Client:
        self.given = how
        return self

    def submit(self, *call: Any, **how: Any) -> None:
        self.submitted.append(call)
        self.how.append(how)
        self.scheduler.tasks[how["key"]] = Task()

    def scheduler_info(self) -> dict[str, Any]:
        return {"workers": self.scheduler.workers}

    def publish_dataset(self, **tasks: Task) -> None:
        self.scheduler.published |= tasks

    def get_dataset(self, name: str, default: None) -> Task | None:
        return self.scheduler.published.get(name, default)

    def unpublish_dataset(self, name: str) -> None:
        del self.scheduler.published[name]

    def subscribe_topic(self, topic: str, handler: Hear) -> None:
        self.hear[topic] = handler

    def get_events(self, topic: str) -> tuple[tuple[float, tuple[str, str]], ...]:
        return tuple(event for event in self.scheduler.events if event[1][0].startswith(topic))

    def nthreads(self) -> dict[str, int]:
        return self.scheduler.alive

    def cancel(self, tasks: list[Task], force: bool) -> None:
        assert force, "a published task has two who want it"
        for task in tasks:
            task.status = "cancelled"

    def close(self, timeout: float) -> None:
        self.status = "closed"


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler()


@pytest.fixture
def client(scheduler: Scheduler) -> Client:
    return Client(scheduler)


def engine(client: Client, *, outlives: bool = True) -> Dask:
    connection = Connection(client=client, future=client.scheduler.tasks.__getitem__)
    return Dask(outlives=outlives, begin=nobody, connection=connection)


def nobody(threads: int) -> Connection:
    raise BenchError("--on dask: no scheduler answers")


def test_a_command_is_held_and_a_timed_one_is_alone(client: Client) -> None:
    engine(client).start(COMMANDS[:1], TIMED)
    engine(client).start(COMMANDS[:1], UNTIMED)
    assert [what[:2] for what in client.submitted] == [(hold, ["bench", "work", "RUN", "0"])] * 2
    assert [how["alone"] for how in client.how] == [True, False]
    assert client.how[0]["priority"] < client.how[1]["priority"]


def test_states_are_what_the_scheduler_and_the_workers_tell(client: Client) -> None:
    dask = engine(client)
    first, second = dask.start(COMMANDS, UNTIMED)
    assert dask.look([first, second]) == {first: "waiting", second: "waiting"}
    (hear,) = client.hear.values()
    hear((0.0, (first, "tcp://a")))
    assert dask.look([first, second]) == {first: "running", second: "waiting"}
    client.scheduler.tasks[first].status = "finished"
    client.scheduler.tasks[second].status = "error"
    assert dask.look([first, second]) == {first: "ended", second: "lost"}
    assert not client.scheduler.published, "a result that somebody wants is computed again when its worker dies"


def test_what_a_worker_has_taken_with_it_waits_until_it_has_begun_again(client: Client, scheduler: Scheduler) -> None:
    dask = engine(client)
    first, second = dask.start(COMMANDS, UNTIMED)
    (hear,) = client.hear.values()
    hear((0.0, (first, "tcp://a")))
    hear((0.0, (second, "tcp://b")))
    del scheduler.alive["tcp://a"]
    assert dask.look([first, second]) == {first: "waiting", second: "running"}
    hear((1.0, (first, "tcp://b")))
    assert dask.look([first, second]) == {first: "running", second: "running"}


def test_whoever_comes_later_knows_of_the_last_worker_alone(client: Client, scheduler: Scheduler) -> None:
    (handle,) = engine(client).start(COMMANDS[:1], UNTIMED)
    scheduler.events += [(0.0, (handle, "tcp://a")), (1.0, (handle, "tcp://b"))]
    del scheduler.alive["tcp://a"]
    assert engine(Client(scheduler)).look([handle]) == {handle: "running"}


def closed() -> dict[str, int]:
    raise OSError("the connection has just been closed")


def test_a_connection_that_breaks_while_one_looks_is_no_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    dask = engine(client)
    handles = dask.start(COMMANDS, UNTIMED)
    monkeypatch.setattr(client, "nthreads", closed)
    assert set(dask.look(handles).values()) == {"waiting"}


def test_another_process_finds_what_was_started(client: Client, scheduler: Scheduler) -> None:
    first, second = engine(client).start(COMMANDS, UNTIMED)
    scheduler.events.append((0.0, (second, "tcp://a")))
    later = Client(scheduler)
    states = engine(later).look([first, second, "bench-of-another-scheduler-0"])
    assert states == {first: "waiting", second: "running", "bench-of-another-scheduler-0": "lost"}


def test_what_is_cancelled_is_lost_and_not_published_any_more(client: Client, scheduler: Scheduler) -> None:
    first, second = engine(client).start(COMMANDS, UNTIMED)
    later = engine(Client(scheduler))
    later.cancel([first, "bench-gone-0"])
    assert later.look([first, second]) == {first: "lost", second: "waiting"}
    assert list(scheduler.published) == [second]


def test_a_broken_connection_is_made_anew(client: Client, scheduler: Scheduler) -> None:
    dask = engine(client)
    kept, gone = dask.start(COMMANDS, UNTIMED)
    later = Client(scheduler)
    dask.begin = lambda _: Connection(client=later, future=scheduler.tasks.__getitem__)
    client.status = "connecting"
    del scheduler.published[gone]
    assert dask.look([kept, gone]) == {kept: "waiting", gone: "lost"}
    assert client.status == "closed"


def test_where_nobody_answers_any_more_it_is_said_and_asked_again(client: Client) -> None:
    dask = engine(client)
    handles = dask.start(COMMANDS, UNTIMED)
    client.status = "connecting"
    for _ in range(2):
        with pytest.raises(BenchError, match="no scheduler answers"):
            dask.look(handles)
    client.status = "running"  # by itself, as Dask tries to
    assert set(dask.look(handles).values()) == {"waiting"}


def test_a_cluster_of_this_machine_that_has_ended_is_one_line(client: Client) -> None:
    dask = engine(client, outlives=False)
    handles = dask.start(COMMANDS, UNTIMED)
    client.status = "closed"
    with pytest.raises(BenchError, match="has ended; go on by --resume"):
        dask.look(handles)


def test_what_outlives_us_goes_on_and_what_does_not_is_cancelled(client: Client, scheduler: Scheduler) -> None:
    for outlives, status in ((True, "pending"), (False, "cancelled")):
        dask = engine(client, outlives=outlives)
        (handle,) = dask.start(COMMANDS[:1], UNTIMED)
        dask.close()
        assert scheduler.tasks[handle].status == status


def test_a_gpu_is_asked_for_where_workers_name_theirs(client: Client, scheduler: Scheduler) -> None:
    dask = engine(client)
    dask.start(COMMANDS, CUDA)
    assert client.given["resources"] is None
    scheduler.workers = {"a": {"resources": {}}, "b": {"resources": {"GPU": 1}}}
    dask.start(COMMANDS, CUDA)
    assert client.given["resources"] == {"GPU": 1}
    dask.start(COMMANDS, TIMED)
    assert client.given["resources"] is None


def test_a_cluster_of_this_machine_begins_with_the_first_command(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def begin(wanted: int) -> Connection:
        threads.append(wanted)
        return Connection(client=client, future=client.scheduler.tasks.__getitem__)

    monkeypatch.setattr(dask.dask_clusters, "imported", lambda: None)
    monkeypatch.setattr(dask.dask_clusters, "started", lambda named, threads: begin(threads))
    made = dask.make("", {})
    assert made.look(["bench-of-another-process-0"]) == {"bench-of-another-process-0": "lost"}
    made.cancel(["bench-of-another-process-0"])
    assert not threads
    made.start(COMMANDS, Needs(device="cpu", threads=3, alone=False))
    assert threads == [3]
    assert not client.scheduler.published, "it ends with us"


def test_a_scheduler_that_is_frozen_is_one_line(
    client: Client, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = engine(client)
    handles = started.start(COMMANDS, UNTIMED)
    frozen = Event()
    monkeypatch.setattr(client, "nthreads", frozen.wait)
    monkeypatch.setattr(dask, "answered", partial(answered, patience=0.01))
    with pytest.raises(BenchError, match="the scheduler has not answered"):
        started.look(handles)
    frozen.set()
    monkeypatch.undo()
    assert started.look(handles) == dict.fromkeys(handles, "waiting")


def test_a_scheduler_that_says_no_goodbye_is_left() -> None:
    def close(timeout: float) -> None:
        raise TimeoutError(f"timed out after {timeout} s.")

    dask_clusters.close(Connection(client=SimpleNamespace(close=close), future=str))
