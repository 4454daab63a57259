"""``bench work``: what an engine starts on a node."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench import catalogue
from bench.cli.verbs import work
from bench.cluster import attempts, commands, handed, serving, shards, watching
from bench.cluster.probing import ANSWER, ASKED, Answer
from bench.errors import UsageError
from bench.execute.executors.base import Executor
from bench.execute.plan import Request, make_plan
from bench.model import Plan
from bench.results import journal, store
from tests.cluster.doubles import begun, plan_of


def usual(task: object) -> float:
    return 1.0


@pytest.fixture(autouse=True)
def sigterm() -> Iterator[None]:
    """The verb gives SIGTERM the meaning of Ctrl-C, in a process that is its own elsewhere."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def cut(tmp_path: Path, executor: Executor) -> Callable[..., tuple[Path, Plan]]:
    """A run of these exercises in shards, of which none is done."""

    def cut(*names: str) -> tuple[Path, Plan]:
        request = Request(names=names, command=("bench", "run", *names), profile="smoke")
        plan = replace(make_plan(executor, catalogue.listings(), request), id="a-run")
        folder = tmp_path / "a-run"
        folder.mkdir()
        pieces = handed.pieces(plan, shards.cut(plan, usual))
        watching.begin(plan, folder, handed.Cut(engine="double", pieces=pieces))
        return folder, plan

    return cut


def test_a_shard_is_done(bench: Callable, cut: Callable, tmp_path: Path) -> None:
    folder, _ = cut("ex90")
    done = bench("work", "a-run", "0")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    attempt = attempts.finished(folder, 0)
    assert attempt is not None
    assert store.read(attempt).finished
    assert bench("work", "a-run", "0").returncode == 0
    assert len(attempts.attempts(folder, 0)) == 1


def test_shards_that_are_asked_for_are_done_one_after_another(
    bench: Callable, cut: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one executor; with the first that cannot be done it ends."""
    folder, _ = cut("ex90")
    started: list[int] = []
    worker = work.worker
    monkeypatch.setattr(work, "worker", lambda *how: (started.append(1), worker(*how))[1])
    monkeypatch.setattr(serving, "from_stdin", lambda: [0, 1, 99, 0])
    done = bench("work", "a-run", "--asked")
    assert done.returncode == 2
    assert "there is no shard 99" in done.stderr
    assert all(attempts.finished(folder, number) for number in (0, 1))
    assert started == [1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name a run's folder and the number of a shard; `bench run --on` does it for you"),
        (("a-run",), "name a run's folder and the number of a shard"),
        (("a-run", "99"), "there is no shard 99: the run has "),
        (("a-run", "x"), "'x' is not a valid integer"),
        (("nothing", "0"), "no such file; there is no run to go on with"),
        (("plain", "0"), "plain is no run in shards: `bench run --on` makes one"),
        (("a-run", "0", "--asked"), "name a run's folder and the number of a shard"),
        (("a-run", "--asked"), "--asked: stdin must be a socket"),
        (("--probe", "nothing"), "nothing is not seen here: No such file or directory"),
    ],
)
def test_a_mistake_is_one_line(
    bench: Callable, one_line: Callable, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    begun(tmp_path, plan_of("ex01.a"))
    (tmp_path / "plain").mkdir()
    journal.Journal.create(tmp_path / "plain", plan_of("ex01.a")).close()
    assert says in one_line(bench("work", *arguments), 2)


def test_a_machine_that_is_not_fit_is_exit_code_3(bench: Callable, one_line: Callable, tmp_path: Path) -> None:
    folder, _ = begun(tmp_path, plan_of("ex01.a"))
    line = one_line(bench("work", "a-run", "0"), 3)
    assert "the run was planned with" in line
    assert line.removeprefix("bench: ") == attempts.refusal(folder, 0)


def test_a_shard_that_is_being_done_is_not_done_beside(
    bench: Callable, one_line: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = begun(tmp_path, plan_of("ex01.a"))
    monkeypatch.setattr(work.time, "sleep", lambda seconds: None)
    with attempts.alone(folder, 0):
        assert "shard 0 of a-run is being done by another process" in one_line(bench("work", "a-run", "0"), 1)


def test_a_machine_says_what_it_is(bench: Callable, tmp_path: Path) -> None:
    (tmp_path / ASKED).write_text("abc")
    done = bench("work", "--probe", str(tmp_path), "--threads", "2")
    assert (done.returncode, done.stdout) == (0, "")
    told = store.decode((tmp_path / ANSWER).read_bytes(), Answer)
    assert told.token == "abc"
    assert told.seen is not None
    assert told.seen.devices[0] == "cpu"
    assert told.seen.environment.threads == 2


@pytest.mark.parametrize(
    ("alone", "threads", "wanted", "slots"),
    [(True, 1, 0, 1), (False, 1, 0, 8), (False, 3, 0, 2), (False, 9, 0, 1), (False, 1, 2, 2), (True, 1, 2, 1)],
)
def test_what_is_not_timed_has_the_cores_of_the_job_or_its_share(
    alone: bool, threads: int, wanted: int, slots: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.results.environment.cores", lambda: 8)
    assert work.slots_of(alone, threads, wanted) == slots


def test_a_walltime_ends_a_shard_and_what_it_saw_is_kept(
    bench: Callable, cut: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheduler's SIGTERM, in the middle of the first task."""
    folder, _ = cut("ex90")
    append = journal.Journal.append

    def ended(self: journal.Journal, observation: object) -> None:
        append(self, observation)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(journal.Journal, "append", ended)
        assert bench("work", "a-run", "0").returncode == 130
    (attempt,) = attempts.attempts(folder, 0)
    assert not store.read(attempt).finished
    assert len(journal.read(attempt).observations) == 1
    assert attempts.finished(folder, 0) is None
    assert bench("work", "a-run", "0").returncode == 0


@pytest.mark.slow
def test_on_a_leash_it_ends_with_whoever_holds_it(tmp_path: Path) -> None:
    """In the middle of its wait for a shard that another has."""
    folder, _ = begun(tmp_path, plan_of("ex01.a"))
    command = [*commands.program(), "--leash", str(folder), "0"]
    with attempts.alone(folder, 0):
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        assert worker.stdin is not None
        worker.stdin.close()
        assert worker.wait(30) == 143
        assert worker.stderr is not None
        assert b"Traceback" not in worker.stderr.read()
        worker.stderr.close()


def test_no_run_has_a_shard_beyond_its_last() -> None:
    with pytest.raises(UsageError):
        handed.shard((), 0)
