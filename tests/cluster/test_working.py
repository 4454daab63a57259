"""One shard, done where an engine has put it: begun anew, gone on with, refused."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.cluster import attempts
from bench.cluster.working import Unfit
from bench.errors import UsageError
from bench.execute.messages import Message, Order
from bench.lab import CHECKPOINTS
from bench.model import Environment, Observation, Plan, Task
from bench.results import journal, store
from bench.results.journal import Journal
from bench.results.store import StoreError
from tests.cluster.doubles import HERE, answer, begun, checkpoint, observed, place, plan_of, work
from tests.execute.double import Double

PLAN = plan_of("ex01.a", "ex01.a.speed", "ex02.a", sizes=(1, 2))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return begun(tmp_path, PLAN, at_least=2.0)[0]


def done_by(folder: Path, here: Environment = HERE) -> list[Task]:
    """What a worker has done itself of the first shard, and did not take over."""
    done: list[Task] = []

    def asked(order: Order) -> Message:
        assert order.task is not None
        done.append(order.task)
        return answer(order)

    work(folder, 0, here, answers=asked)
    return done


def earlier(
    folder: Path, here: Environment, *, done: int = 1, change: Callable[[Plan], Plan] = lambda plan: plan
) -> Path:
    """An attempt at the first shard that ended in the middle: so many of its tasks are done, and have files."""
    attempt = attempts.begin(folder, 0, here.host)
    with Journal.create(attempt, change(replace(PLAN, environment=here, tasks=PLAN.tasks[:2]))) as kept:
        for task in PLAN.tasks[:done]:
            kept.append(observed(task, attempt / task.case.folder))
    return attempt


def test_after_a_shard_no_device_is_kept_from_another_ones_process(folder: Path) -> None:
    executor = Double(answer)
    for number in (0, 1):
        assert work(folder, number, executor=executor)
        assert executor.released == number + 1
        assert not executor.closed


def test_a_shard_is_a_run_of_its_own(folder: Path) -> None:
    run = work(folder, 0, place("n5"))
    attempt = attempts.finished(folder, 0)
    assert run is not None
    assert attempt is not None
    assert store.read(attempt) == run
    assert run.environment.host == "n5"
    assert {record.case for record in run.records} == {task.case for task in PLAN.tasks[:2]}
    assert [exercise.id for exercise in run.exercises] == ["ex01"]
    assert attempt.name.startswith("n5-")


def test_a_shard_that_is_done_is_not_done_again(folder: Path) -> None:
    work(folder, 0)
    assert done_by(folder) == []
    assert len(attempts.attempts(folder, 0)) == 1


def test_a_number_that_no_shard_has(folder: Path) -> None:
    with pytest.raises(UsageError, match="there is no shard 7"):
        work(folder, 7)


def test_a_machine_that_is_not_fit_measures_nothing(folder: Path) -> None:
    with pytest.raises(Unfit, match="n1 has torch") as error:
        work(folder, 0, place("n1", torch="1.0"), answers=lambda order: pytest.fail("something was done"))
    assert attempts.refusal(folder, 0) == str(error.value)
    assert attempts.refuser(folder, 0) == place("n1", torch="1.0")
    assert attempts.attempts(folder, 0) == []
    assert error.value.exit_code == 3


def test_a_file_that_names_no_attempt_does_not_keep_the_shard_open(folder: Path) -> None:
    home = attempts.folder_of(folder, 0)
    home.mkdir(parents=True)
    (home / attempts.DONE).write_text("n9-1-1\n")
    work(folder, 0)
    assert attempts.finished(folder, 0) is not None


def test_with_exitfirst_a_shard_is_done_to_its_end(tmp_path: Path) -> None:
    """Whoever watches ends the others; one that stopped in the middle would be given out again for ever."""
    folder, _ = begun(tmp_path, replace(PLAN, stop_first=True), at_least=2.0)

    def failing(order: Order) -> Message:
        assert order.task is not None
        return Observation(task=order.task, outcome="failed", reason="why")

    run = work(folder, 0, answers=failing)
    assert run is not None
    assert run.finished
    assert [record.outcome for record in run.records] == ["failed", "failed"]
    assert attempts.finished(folder, 0)


def test_one_that_is_interrupted_does_not_count(folder: Path) -> None:
    def killed(order: Order) -> Message:
        raise KeyboardInterrupt

    run = work(folder, 0, answers=killed)
    assert run is not None
    assert not run.finished
    assert attempts.finished(folder, 0) is None
    (attempt,) = attempts.attempts(folder, 0)
    assert not store.read(attempt).finished


def test_the_same_place_goes_on_with_what_it_has_seen(folder: Path) -> None:
    earlier(folder, HERE)
    assert done_by(folder) == list(PLAN.tasks[1:2])
    attempt = attempts.finished(folder, 0)
    assert attempt is not None
    assert len(store.read(attempt).records) == 2
    first = PLAN.tasks[0].case
    assert (attempt / first.folder / "f.png").read_text() == first.label


@pytest.mark.parametrize(
    "there", [place("n1"), place("n0", cpu="another"), place("n0", cores=64), place("n0", gpu_id="GPU-2")]
)
def test_another_place_does_all_of_it_itself(folder: Path, there: Environment) -> None:
    earlier(folder, there)
    assert done_by(folder) == list(PLAN.tasks[:2])


def test_a_torn_journal_is_used_as_far_as_it_is_whole(folder: Path) -> None:
    attempt = earlier(folder, HERE, done=2)
    path = attempt / journal.JOURNAL
    path.write_bytes(path.read_bytes()[:-20])
    assert done_by(folder) == list(PLAN.tasks[1:2])


@pytest.mark.parametrize("text", [b"", b"00000000 {}\n", b"\xff" * 100])
def test_a_journal_without_a_plan_is_passed_over(folder: Path, text: bytes) -> None:
    earlier(folder, HERE)
    newest = attempts.begin(folder, 0, "n0")
    (newest / journal.JOURNAL).write_bytes(text)
    assert done_by(folder) == list(PLAN.tasks[1:2])


def test_a_study_that_ran_out_of_time_is_begun_anew(folder: Path) -> None:
    attempt = attempts.begin(folder, 0, "n0")
    with Journal.create(attempt, replace(PLAN, tasks=PLAN.tasks[:2])) as kept:
        kept.append(Observation(task=PLAN.tasks[0], outcome="timeout", reason="long"))
    assert done_by(folder) == list(PLAN.tasks[:2])


def training(folder: Path) -> Path:
    """The checkpoint that the newest attempt has of the first training."""
    return attempts.attempts(folder, 0)[0] / PLAN.tasks[0].case.folder / CHECKPOINTS / "epoch-1.pt"


def test_another_machine_of_the_same_kind_goes_on_from_checkpoints_alone(folder: Path) -> None:
    checkpoint(earlier(folder, place("n1"), done=0), PLAN.tasks[0], "half way")
    assert done_by(folder) == list(PLAN.tasks[:2])
    assert training(folder).read_text() == "half way"


def test_a_machine_of_another_kind_begins_anew(folder: Path) -> None:
    checkpoint(earlier(folder, place("n1", cpu="another"), done=0), PLAN.tasks[0], "of another")
    assert done_by(folder) == list(PLAN.tasks[:2])
    assert not training(folder).exists()


def test_an_older_attempt_is_of_use_where_the_newest_has_no_checkpoint(folder: Path) -> None:
    checkpoint(earlier(folder, place("n1"), done=0), PLAN.tasks[0], "older")
    earlier(folder, place("n2"), done=0)
    done_by(folder)
    assert training(folder).read_text() == "older"


def test_checkpoints_of_the_run_that_is_continued_are_there(folder: Path) -> None:
    checkpoint(folder, PLAN.tasks[0], "of the earlier run")
    done_by(folder, place("n3", cpu="whatever"))
    assert training(folder).read_text() == "of the earlier run"


@pytest.mark.parametrize("there", [HERE, place("n1")], ids=["the same place", "one of its kind"])
def test_nothing_foreign_is_taken_over(folder: Path, tmp_path: Path, there: Environment) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "epoch-9.pt").write_text("private")
    attempt = earlier(folder, there)
    at = checkpoint(attempt, PLAN.tasks[0], "fine").parent
    (at / "link.pt").symlink_to(secret / "epoch-9.pt")
    os.mkfifo(at / "pipe.pt")
    (attempt / "figures" / "away").symlink_to(secret)
    (attempt / "own.txt").write_text("of the attempt itself")
    done_by(folder)
    newest = attempts.attempts(folder, 0)[0]
    names = {path.name for path in newest.rglob("*")}
    assert "epoch-1.pt" in names
    assert not names & {"link.pt", "pipe.pt", "away", "own.txt", "epoch-9.pt"}


@pytest.mark.parametrize("depth", ["checkpoints", "case"])
def test_checkpoints_behind_a_link_are_none(folder: Path, tmp_path: Path, depth: str) -> None:
    attempt = earlier(folder, place("n1"), done=0)
    real = checkpoint(attempt, PLAN.tasks[0], "private").parent
    moved = real if depth == "checkpoints" else real.parent
    moved.rename(tmp_path / "away")
    moved.symlink_to(tmp_path / "away")
    done_by(folder)
    assert not training(folder).exists()


@pytest.mark.parametrize("when", range(1, 9))
def test_a_disk_that_fills_up_is_one_line_and_nothing_is_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch, when: int
) -> None:
    """At every write that is waited for; afterwards the shard is done from what is there."""
    left, fsync = [when], os.fsync

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match=r"^no space left on the disk of") as error:
            work(folder, 0)
        assert "\n" not in str(error.value)
    assert not attempts.busy(folder, 0)
    work(folder, 0)
    attempt = attempts.finished(folder, 0)
    assert attempt is not None
    assert len(store.read(attempt).records) == 2
