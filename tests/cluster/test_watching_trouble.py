"""The submitter's side where something fails it: the engine, the disk, an attempt that is damaged."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.cluster import attempts, handed, merging
from bench.cluster.shards import Needs
from bench.cluster.watching import PATIENCE
from bench.errors import BenchError, PluginError, UsageError
from bench.execute.messages import Message, Order
from bench.model import Environment
from bench.results import store
from bench.results.store import StoreError
from tests.cluster.doubles import (
    DATA,
    Cloud,
    begun,
    observed,
    work,
)
from tests.cluster.watches import ALL, PLAN, deeds, failing, said, watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return begun(tmp_path, PLAN)[0]


def test_an_engine_that_is_busy_for_a_while_ends_nothing(folder: Path) -> None:
    cloud = Cloud(folder)
    cloud.at = {2.0: lambda: setattr(cloud, "busy", 50)}
    watched = watch(cloud)
    assert watched.run().finished
    assert cloud.numbers() == ALL
    assert said(watched) == "the controller does not answer; asking again for up to 10 min"


def test_an_engine_that_is_gone_ends_the_command_and_what_is_done_is_kept(folder: Path) -> None:
    cloud = Cloud(folder, deeds(s2="stays dies done"))
    cloud.at = {3.0: lambda: setattr(cloud, "busy", 10**9)}
    with pytest.raises(BenchError, match="the controller does not answer"):
        watch(cloud).run()
    assert PATIENCE < cloud.now < PATIENCE + 10
    assert len(store.read(folder).records) > 1
    assert not store.read(folder).finished
    cloud.jobs["h4"].deed = "done"
    assert watch(Cloud(folder, jobs=cloud.jobs)).run().finished


def test_an_engine_that_is_silent_is_asked_for_as_long_as_was_said(folder: Path) -> None:
    """Each of its looks takes half a minute by itself."""
    cloud = Cloud(folder, deeds(s2="stays"))
    cloud.at = {3.0: lambda: setattr(cloud, "busy", 10**9)}
    with pytest.raises(BenchError, match="the controller does not answer"):
        watch(cloud, clock=lambda: 30 * cloud.now).run()
    assert PATIENCE / 30 < cloud.now < PATIENCE / 30 + 10


def test_after_a_failure_the_others_end_though_nobody_answered_at_first(tmp_path: Path) -> None:
    folder, _ = begun(tmp_path, replace(PLAN, stop_first=True))
    cloud = Cloud(folder, do=lambda run, number, here: work(run, number, here, answers=failing))
    cancel, silent = cloud.cancel, [2]

    def silently(handles: list[str]) -> None:
        if silent[0]:
            silent[0] -= 1
            raise BenchError("the controller does not answer")
        cancel(handles)

    cloud.cancel = silently  # type: ignore[method-assign, assignment]
    watched = watch(cloud)
    run = watched.run()
    assert not run.finished
    assert len(watched.done) == 1
    assert sorted(cloud.cancelled) == ["h1", "h2", "h3", "h4"]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (BenchError("the controller does not answer"), "the controller does not answer; nothing was cancelled"),
        (KeyboardInterrupt(), "interrupted while shards were cancelled"),
    ],
    ids=["silent", "Ctrl-C again"],
)
def test_what_cannot_be_cancelled_costs_nothing_that_is_done(folder: Path, error: BaseException, says: str) -> None:
    cloud = Cloud(folder, deeds(s2="stays"))

    def silent(handles: list[str]) -> None:
        raise error

    def stop() -> None:
        cloud.at = {}
        raise KeyboardInterrupt

    cloud.cancel = silent  # type: ignore[method-assign, assignment]
    cloud.at = {8.0: stop}
    watched = watch(cloud, leave=lambda: False)
    run = watched.run()
    assert store.read(folder) == run
    assert run.records
    assert watched.left
    assert says in said(watched)


def test_an_engine_that_cannot_be_relied_on_leaves_nothing_at_work(folder: Path) -> None:
    cloud = Cloud(folder)
    start = cloud.start

    def wrong(commands: list[list[str]], needs: Needs) -> tuple[object, ...]:
        return start(commands, needs) if not needs.alone else (7,)

    cloud.start = wrong  # type: ignore[method-assign, assignment]
    with pytest.raises(PluginError, match="the engine gave 7 as a handle"):
        watch(cloud).run()
    assert set(cloud.cancelled) == cloud.jobs.keys() != set()


def test_an_engine_that_takes_nothing_for_a_while_gets_it_later(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(folder, deeds(s3="dies done"))
    start, refused = cloud.start, [3]

    def full(commands: list[list[str]], needs: Needs) -> tuple[str, ...]:
        if len(cloud.jobs) == 5 and refused[0]:
            refused[0] -= 1
            raise BenchError("the queue is full")
        return start(commands, needs)

    monkeypatch.setattr(cloud, "start", full)
    watched = watch(cloud)
    assert watched.run().finished
    assert cloud.numbers() == [*ALL, 3]
    assert said(watched).splitlines() == [
        "the queue is full; asking again for up to 10 min",
        "handed out again: shard 3",
    ]


@pytest.mark.parametrize("method", ["start", "look"])
def test_an_engine_that_cannot_be_used_is_said_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def refuse(*_: object) -> None:
        raise BenchError("no such partition")

    cloud = Cloud(folder)
    if method == "look":
        handed.note(folder, {0: "h0"})
    monkeypatch.setattr(cloud, method, refuse)
    with pytest.raises(BenchError, match="no such partition"):
        watch(cloud).run()
    assert cloud.now == 0
    assert cloud.closed == 1


def done(cloud: Cloud) -> set[str]:
    """The handles of shards that are."""
    return {handle for handle, job in cloud.jobs.items() if attempts.finished(cloud.run, job.number)}


NEVER = "Slurm will never start this job: its partition gives no such time"


@pytest.mark.parametrize("moment", [0, 5])
def test_what_will_never_be_ends_the_run_at_once_and_all_that_was_handed_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Nobody would mend it in ten minutes of looks; and what nobody watches would go on, or wait for ever."""
    cloud, look = Cloud(folder, seconds=2.0), Cloud.look

    def never(handles: list[str]) -> object:
        if cloud.now >= moment:
            raise UsageError(NEVER)
        return look(cloud, handles)

    monkeypatch.setattr(cloud, "look", never)
    watched = watch(cloud)
    with pytest.raises(UsageError, match=NEVER) as error:
        watched.run()
    assert error.value.exit_code == 2
    assert cloud.now == moment
    assert said(watched) == ""
    assert set(cloud.cancelled) >= set(cloud.jobs) - done(cloud)
    assert bool(done(cloud)) == bool(moment)
    assert len(store.read(folder).records) == len(done(cloud)), "what is done is kept"


def test_a_part_that_cannot_be_taken_ends_what_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(folder)

    def start(commands: list[list[str]], needs: Needs) -> tuple[str, ...]:
        if needs.alone:
            raise UsageError("no such partition")
        return Cloud.start(cloud, commands, needs)

    monkeypatch.setattr(cloud, "start", start)
    with pytest.raises(UsageError, match="no such partition"):
        watch(cloud).run()
    assert cloud.cancelled == ["h0", "h1", "h2", "h3"]


def test_an_engine_that_cannot_even_cancel_hides_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BenchError("the controller does not answer")

    def never(*_: object) -> None:
        raise UsageError(NEVER)

    cloud = Cloud(folder)
    monkeypatch.setattr(cloud, "look", never)
    monkeypatch.setattr(cloud, "cancel", refuse)
    with pytest.raises(UsageError, match=NEVER):
        watch(cloud).run()


def test_a_disk_that_is_full_is_not_asked_again_and_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is handed out then would be cancelled at once, every second for ten minutes."""
    cloud, note = Cloud(folder, deeds(s3="dies")), handed.note

    def full(run: Path, handles: dict[int, str]) -> None:
        if list(handles) == [3]:
            raise StoreError("no space left on the disk")
        note(run, handles)

    monkeypatch.setattr(handed, "note", full)
    with pytest.raises(StoreError, match="no space left"):
        watch(cloud).run()
    assert cloud.numbers().count(3) == 2
    assert cloud.cancelled == ["h5"]


def test_a_damaged_attempt_is_named_and_done_again(folder: Path) -> None:
    def once_torn(run: Path, number: int, here: Environment) -> None:
        again = bool(attempts.attempts(run, number))
        work(run, number, here)
        attempt = attempts.finished(run, number)
        if number == 3 and not again and attempt:
            (attempt / store.RUN).write_bytes((attempt / store.RUN).read_bytes()[:100])

    cloud = Cloud(folder, do=once_torn)
    watched = watch(cloud)
    assert watched.run().finished
    assert sorted(cloud.numbers()) == [0, 1, 2, 3, 3, 4]
    assert "not whole" in said(watched)
    assert "shard 3 is done again" in said(watched)


def test_an_attempt_that_was_damaged_since_is_done_again_by_whoever_resumes(folder: Path) -> None:
    cloud = Cloud(folder)
    watch(cloud).run()
    attempt = attempts.finished(folder, 4)
    assert attempt is not None
    (attempt / store.RUN).write_text("{}")
    later = Cloud(folder, jobs=cloud.jobs)
    assert watch(later).run().finished
    assert later.numbers() == [*ALL, 4]


def test_a_shard_with_other_data_has_failed_and_is_done_anew_by_whoever_resumes(folder: Path) -> None:
    wrong = [True]

    def do(run: Path, number: int, here: Environment) -> None:
        def other(order: Order) -> Message:
            assert order.task is not None
            seen = observed(order.task)
            data = tuple(replace(each, sha256="cd" * 32) for each in seen.findings.data)
            return replace(seen, findings=replace(seen.findings, data=data, figures=()))

        work(run, number, here, answers=other) if number == 1 and wrong[0] else work(run, number, here)

    cloud = Cloud(folder, do=do)
    watched = watch(cloud)
    run = watched.run()
    assert run.finished
    assert "shard 1 does not count: n" in said(watched)
    (failed,) = [record for record in run.records if record.outcome == "failed"]
    assert "other data under the name mnist" in failed.reason
    assert failed.reason.startswith(f"{failed.place} has other data")
    assert merging.merge(folder) == run
    wrong[0] = False
    later = Cloud(folder, do=do, jobs=cloud.jobs)
    run = watch(later).run()
    assert later.numbers() == [*ALL, 1]
    assert {record.outcome for record in run.records} == {"ok"}
    digests: set[str] = {data.sha256 for record in run.records for data in record.findings.data}
    assert digests == {DATA.sha256}
