"""The submitter's side, on a clock of our own: lost, late, refused, interrupted, killed and gone on with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.cluster import attempts, handed, merging, watching
from bench.cluster.watching import LATE
from bench.errors import UsageError
from bench.model import Environment, Record, Run
from bench.results import journal, store
from bench.results.store import StoreError
from tests.cluster.doubles import (
    Cloud,
    begun,
    plan_of,
    run_at,
    work,
)
from tests.cluster.watches import ALL, PLAN, deeds, failing, said, watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return begun(tmp_path, PLAN)[0]


def test_every_shard_is_handed_out_once_and_the_run_is_whole(folder: Path) -> None:
    cloud, told = Cloud(folder), list[Record]()
    watched = watch(cloud, measured=told.append)
    run = watched.run()
    assert cloud.numbers() == ALL
    assert run.finished
    assert store.read(folder) == run == merging.merge(folder)
    assert (watched.left, watched.interrupted) == (False, False)
    assert cloud.cancelled == []
    assert cloud.closed == 1
    assert sorted(record.case.label for record in told) == sorted(record.case.label for record in run.records)
    assert {record.place for record in told} <= {"n0", "n1"}
    assert (folder / PLAN.tasks[0].case.folder / "f.png").is_file()


def test_progress_is_told_with_the_time_that_is_left(folder: Path) -> None:
    watched = watch(Cloud(folder))
    watched.run()
    lines = [standing.words for standing in watched.observer.stood]  # type: ignore[attr-defined]
    assert lines[0] == "5 shards: 5 waiting"
    assert "5 shards: 3 waiting, 2 running; about 3 s left" in lines
    left = [standing.left for standing in watched.observer.stood if standing.shards["running"] == 2]  # type: ignore[attr-defined]
    assert left[0] > left[1], "of what is running a part is done"
    assert lines[-1] == "5 shards: 5 done"


def test_a_shard_that_waits_again_has_done_nothing_of_its_time(folder: Path) -> None:
    """As Dask has one wait whose worker has died."""
    cloud = Cloud(folder, machines=1, seconds=30.0)

    def dies() -> None:
        (job,) = (job for job in cloud.jobs.values() if job.state == "running")
        job.state, job.left, cloud.machines = "waiting", 30.0, 0

    def comes_back() -> None:
        cloud.machines = 1

    cloud.at = {20.0: dies, 23.0: comes_back}
    watched = watch(cloud)
    watched.run()
    lefts = [standing.left for standing in watched.observer.stood]  # type: ignore[attr-defined]
    again = lefts.index(None, 20) + 3
    assert lefts[again - 1] is None
    assert lefts[again] == lefts[1] > lefts[2], "as at its first start"


def test_what_is_lost_is_given_out_again_and_goes_on(folder: Path) -> None:
    cloud = Cloud(folder, deeds(s3="dies done", s0="dies dies done"))
    watched = watch(cloud)
    assert watched.run().finished
    assert sorted(cloud.numbers()) == [0, 0, 0, 1, 2, 3, 3, 4]
    assert "handed out again: shard 3" in said(watched)


def test_what_is_lost_three_times_is_left_alone_and_takes_nothing_of_the_others(folder: Path) -> None:
    cloud = Cloud(folder, deeds(s3="dies"))
    watched = watch(cloud)
    run = watched.run()
    assert cloud.numbers().count(3) == 3
    assert not run.finished
    assert len({record.case.whole for record in run.records}) == 5
    assert "shard 3 was given out 3 times and never done: left alone" in said(watched)
    assert watched.observer.stood[-1].words == "5 shards: 4 done, 1 lost"  # type: ignore[attr-defined]
    again = Cloud(folder, jobs=cloud.jobs)
    assert watch(again).run().finished, "the next command tries again"
    assert again.numbers().count(3) == 4


def test_an_engine_that_forgets_what_has_ended_well_has_it_done_once(folder: Path) -> None:
    cloud = Cloud(folder, lambda number, n: "silent")
    assert watch(cloud).run().finished
    assert cloud.numbers() == ALL


@pytest.mark.parametrize(("looks", "times"), [(LATE - 1, 1), (LATE + 3, 2)])
def test_a_network_disk_may_show_late_that_a_shard_is_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch, looks: int, times: int
) -> None:
    finished, hidden = attempts.finished, [looks]

    def late(run: Path, number: int) -> Path | None:
        found = finished(run, number)
        if found and number == 0 and hidden[0]:
            hidden[0] -= 1
            return None
        return found

    cloud = Cloud(folder, do=lambda run, number, here: None if finished(run, number) else work(run, number, here))
    monkeypatch.setattr("bench.cluster.watching.attempts.finished", late)
    # The worker of a second try sees the true disk.
    assert watch(cloud).run().finished
    assert cloud.numbers().count(0) == times
    assert len(attempts.attempts(folder, 0)) == 1, "it was never done twice"


def test_an_engine_that_errs_for_a_moment_has_nothing_done_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It calls all that runs ended, now and then: only what stays so is lost."""
    cloud, looks = Cloud(folder, seconds=40.0), [0]
    look = cloud.look

    def erring(handles: list[str]) -> dict[str, str]:
        looks[0] += 1
        states = dict(look(handles))
        return {h: "ended" if s == "running" and looks[0] % 4 else s for h, s in states.items()}

    monkeypatch.setattr(cloud, "look", erring)
    assert watch(cloud).run().finished
    assert cloud.numbers() == ALL


def test_before_a_shard_is_lost_a_network_disk_is_asked_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(attempts, "look_anew", lambda run, number: asked.append(number))
    assert watch(Cloud(folder, deeds(s3="dies done"))).run().finished
    assert asked == [3] * (LATE + 1)


def test_what_a_machine_refuses_has_failed_by_name_and_is_not_given_out_again(folder: Path) -> None:
    cloud = Cloud(folder, deeds(s2="refuses"))
    watched = watch(cloud)
    run = watched.run()
    assert cloud.numbers() == ALL
    assert run.finished
    failed = [record for record in run.records if record.outcome == "failed"]
    assert [record.case for record in failed] == [task.case for task in PLAN.tasks if task.kind != "study"]
    assert "has torch 1.0, the run was planned with 2.14.1" in failed[0].reason
    assert all(record.reason.startswith(f"{run.at(record.place).environment.host} has torch") for record in failed)
    assert {run.at(record.place).environment.torch for record in failed} == {"1.0"}
    assert "shard 2 was refused: n" in said(watched)
    again = Cloud(folder, jobs=cloud.jobs)
    run = watch(again).run()
    assert again.numbers() == [*ALL, 2], "whoever resumes has mended it"
    assert [record for record in run.records if record.outcome == "failed"] == []


def fails_at(number: int) -> Callable[[Path, int, Environment], object]:
    return lambda run, n, here: work(run, n, here, answers=failing) if n == number else work(run, n, here)


def test_with_exitfirst_one_that_is_done_in_the_same_moment_counts(tmp_path: Path) -> None:
    folder, _ = begun(tmp_path, replace(PLAN, stop_first=True))
    run = watch(Cloud(folder, do=fails_at(0), machines=2)).run()
    assert [record.outcome for record in run.records] == ["failed", "ok"]


def test_with_exitfirst_nothing_goes_on_after_a_failure(tmp_path: Path) -> None:
    folder, _ = begun(tmp_path, replace(PLAN, stop_first=True))
    cloud = Cloud(folder, do=fails_at(0), machines=1)
    watched = watch(cloud)
    run = watched.run()
    assert not run.finished
    assert [record.outcome for record in run.records] == ["failed"]
    assert len(cloud.cancelled) == 4
    assert watched.observer.stood[-1].shards["done"] == 1  # type: ignore[attr-defined]
    rest = watch(Cloud(folder, jobs=cloud.jobs)).run()
    assert rest.finished, "the failure that is known does not stop what is resumed"
    assert len({record.case.whole for record in rest.records}) == 6


def interrupt() -> None:
    raise KeyboardInterrupt


def test_after_ctrl_c_shards_are_cancelled_or_left(folder: Path) -> None:
    cloud = Cloud(folder, at={5.0: interrupt})
    watched = watch(cloud, leave=lambda: False)
    run = watched.run()
    assert watched.interrupted
    assert not watched.left
    assert not run.finished
    assert len(run.records) == 2, "what is done by then is kept"
    assert len(cloud.cancelled) == 3
    assert store.read(folder) == run


@pytest.mark.parametrize("leave", [lambda: True, interrupt], ids=["asked", "Ctrl-C again"])
def test_what_is_left_running_is_found_again_and_nothing_is_handed_out_twice(folder: Path, leave: object) -> None:
    cloud = Cloud(folder, at={5.0: interrupt})
    watched = watch(cloud, leave=leave)
    watched.run()
    assert watched.interrupted
    assert watched.left
    assert cloud.cancelled == []
    later = Cloud(folder, jobs=cloud.jobs)
    assert watch(later).run().finished
    assert later.numbers() == ALL


def test_what_does_not_outlive_us_is_cancelled_without_a_question(folder: Path) -> None:
    cloud = Cloud(folder, at={5.0: interrupt}, outlives=False)
    watched = watch(cloud, leave=lambda: pytest.fail("there is nothing to ask"))
    watched.run()
    assert not watched.left
    assert cloud.cancelled


def test_ctrl_c_in_the_last_moment_leaves_nothing(folder: Path) -> None:
    cloud = Cloud(folder)
    watched = watch(cloud)
    watched.observer.stand = lambda standing: None if watched.open else interrupt()  # type: ignore[method-assign]
    assert watched.run().finished
    assert not watched.left


def test_detached_everything_is_handed_out_and_nobody_waits(folder: Path) -> None:
    cloud = Cloud(folder)
    watched = watch(cloud, detach=True)
    run = watched.run()
    assert cloud.now == 0
    assert cloud.numbers() == ALL
    assert watched.left
    assert not run.finished
    for _ in range(20):
        cloud.pause(1.0)
    later = watch(Cloud(folder, jobs=cloud.jobs), detach=True)
    assert later.run().finished
    assert not later.left


def test_two_do_not_watch_one_run(folder: Path) -> None:
    with watching.watched(folder), pytest.raises(UsageError, match="a-run is being watched by another process"):
        watch(Cloud(folder)).run()
    assert watch(Cloud(folder)).run().finished


def test_a_folder_of_another_is_one_line(tmp_path: Path) -> None:
    (tmp_path / watching.WATCHED).mkdir()
    with pytest.raises(StoreError, match="cannot be written"), watching.watched(tmp_path):
        pass


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / watching.WATCHED).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="it is a link"), watching.watched(tmp_path):
        pass
    assert not (tmp_path / "elsewhere").exists()


class Killed(BaseException):
    """The submitter is gone: nothing of it runs any more."""


STEPS = {
    "before the engine is asked": ("start", 0),
    "after the engine has taken the studies": ("note", 0),
    "after those are noted": ("start", 1),
    "after the engine has taken all": ("note", 1),
    "at the first look": ("look", 0),
    "in the middle": ("look", 5),
}


@pytest.mark.parametrize(("step", "nth"), STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("torn", [0, 9])
def test_killed_at_any_moment_and_resumed_nothing_is_done_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, nth: int, torn: int
) -> None:
    cloud, count = Cloud(folder, seconds=4.0), [nth]

    def dying(*arguments: object) -> object:
        if not count[0]:
            raise Killed
        count[0] -= 1
        return true(*arguments)  # type: ignore[operator]

    true = handed.note if step == "note" else getattr(cloud, step)
    with monkeypatch.context() as patch:
        patch.setattr(handed if step == "note" else cloud, step, dying)
        with pytest.raises(Killed):
            watch(cloud).run()
    path = folder / handed.HANDED
    if torn and path.is_file():
        path.write_bytes(path.read_bytes()[:-torn])
    for _ in range(2):
        cloud.pause(1.0)
    later = Cloud(folder, jobs=cloud.jobs)
    assert watch(later).run().finished
    assert all(len(attempts.attempts(folder, number)) == 1 for number in ALL), "one was done twice"


def test_a_shard_at_which_somebody_is_is_not_handed_out(folder: Path) -> None:
    """Its handle was lost with the submitter; the process lives on, and has the lock."""
    cloud = Cloud(folder)
    stranger = attempts.alone(folder, 1)
    stranger.__enter__()
    cloud.at = {8.0: lambda: stranger.__exit__(None, None, None)}
    watched = watch(cloud)
    assert watched.run().finished
    assert cloud.numbers() == [0, 3, 4, 2, 1], "it ended without having done the shard"
    assert "5 shards: 1 running, 4 done" in [s.words.partition(";")[0] for s in watched.observer.stood]  # type: ignore[attr-defined]


def test_a_shard_that_somebody_does_to_its_end_is_done(folder: Path) -> None:
    cloud = Cloud(folder)
    stranger = attempts.alone(folder, 1)
    stranger.__enter__()

    def end() -> None:
        stranger.__exit__(None, None, None)
        work(folder, 1)

    cloud.at = {8.0: end}
    assert watch(cloud).run().finished
    assert cloud.numbers() == [0, 3, 4, 2]


def test_a_plan_without_tasks_is_done_at_once(tmp_path: Path) -> None:
    folder, _ = begun(tmp_path, plan_of())
    assert watch(Cloud(folder)).run().finished


def test_a_run_that_is_begun_has_its_plan(folder: Path) -> None:
    assert journal.read(folder).plan == PLAN
    assert isinstance(run_at(PLAN, handed.read(folder)[2][0], PLAN.environment), Run)
