"""Child processes: what they answer, and how they die."""

import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from filelock import FileLock, Timeout

from bench.errors import BenchError
from bench.execute.executors.local import LocalExecutor, oom_kills
from bench.execute.lock import lock_folder
from bench.execute.messages import Order, Probe, Progress
from bench.execute.observations import observation_of
from bench.model import Case, Observation, Task

ENDS = "trial_exercises.ex96_ends"


def order(part: str, folder: Path, exercise: str = "ex96", module: str = ENDS, **parameters: object) -> Order:
    case = Case(exercise=exercise, part=part, device="cpu", seed=0, parameters=parameters)  # type: ignore[arg-type]
    task = Task("study", case)
    return Order(kind="task", module=module, exercise=exercise, task=task, profile="smoke", folder=str(folder))


def study(executor: LocalExecutor, part: str, folder: Path, timeout: float | None = None) -> Observation:
    asked = order(part, folder)
    assert asked.task is not None
    return observation_of(asked.task, executor.submit(asked, timeout=timeout).result(), timeout)


def gone(pid: int) -> bool:
    """Whether a process that was sent SIGKILL has ended; it is a zombie until its new parent reaps it."""
    for _ in range(100_000):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
    return False


def threads(executor: LocalExecutor) -> list[int]:
    """The threads of each warm process."""
    tasks = [Path(f"/proc/{server.process.pid}/task") for server in executor._servers]
    return [len(list(path.iterdir())) for path in tasks if path.is_dir()]


def test_the_warm_process_runs_one_thread_and_forks_afresh(executor: LocalExecutor) -> None:
    replies = [executor.submit(Order(kind="probe")).result() for _ in range(2)]
    assert all(isinstance(reply.answer, Probe) and reply.ended.status == 0 for reply in replies)
    assert set(threads(executor)) <= {1}


@pytest.mark.parametrize(
    ("part", "outcome", "reason"),
    [
        ("ok", "ok", ""),
        ("claim", "ok", ""),
        ("skip", "skipped", "nothing to see"),
        ("missing", "skipped", "no data; fetch them"),
        ("raises", "failed", "KeyError: 'what was looked for'"),
        ("memory", "oom", "RuntimeError"),
        ("dies", "failed", "SIGSEGV"),
        ("exits", "failed", "exit status 3"),
        ("nan", "failed", "metric 'undefined' is nan"),
    ],
)
def test_every_end_is_an_outcome(executor: LocalExecutor, tmp_path: Path, part: str, outcome: str, reason: str) -> None:
    seen = study(executor, part, tmp_path)
    assert (seen.outcome, seen.missing) == (outcome, part == "missing")
    assert reason in seen.reason


def test_a_crash_keeps_the_trace(executor: LocalExecutor, tmp_path: Path) -> None:
    assert "Segmentation fault" in study(executor, "dies", tmp_path).detail
    assert "Traceback" in study(executor, "raises", tmp_path).detail


def test_a_timeout_kills_the_whole_process_group(executor: LocalExecutor, tmp_path: Path) -> None:
    seen = study(executor, "hangs", tmp_path, timeout=1.0)
    assert seen.outcome == "timeout"
    assert "--timeout" in seen.reason
    pid = int(next(tmp_path.rglob("pid")).read_text())
    assert gone(pid)


def test_progress_reaches_the_listener(executor: LocalExecutor, tmp_path: Path) -> None:
    heard: list[Progress] = []
    asked = order("a", tmp_path, "ex90", "trial_exercises.ex90_sound", scale=1.0, sizes=(1, 2))
    executor.submit(asked, listen=heard.append).result()
    assert [(one.label, one.done, one.total) for one in heard] == [("sizes", 0, 2), ("sizes", 1, 2), ("sizes", 2, 2)]


def test_a_server_that_dies_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('this torch is broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with LocalExecutor() as executor, pytest.raises(BenchError, match="this torch is broken"):
        executor.submit(Order(kind="probe")).result()


def test_what_one_child_had_to_import_the_next_one_finds(tmp_path: Path) -> None:
    with LocalExecutor() as fresh:
        here = [study(fresh, part, tmp_path).findings.metrics for part in ("imports", "dies", "imports")]
        assert [metric.value for metrics in here for metric in metrics] == [0, 1]
        assert set(threads(fresh)) <= {1}


def test_files_go_where_the_order_says_and_the_reply_says_where_they_are(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    asked = order("a", tmp_path / "a host's own", "ex90", "trial_exercises.ex90_sound", scale=1.0, sizes=(1,))
    reply = executor.submit(asked).result()
    assert isinstance(reply.answer, Observation)
    assert reply.folder == asked.folder
    assert Path(reply.folder, reply.answer.findings.figures[0].path).is_file()


def test_two_slots_are_two_processes_and_closing_leaves_none(tmp_path: Path) -> None:
    executor = LocalExecutor(slots=2)
    first = executor.submit(order("hangs", tmp_path / "first"))
    assert isinstance(executor.submit(Order(kind="probe")).result().answer, Probe)
    assert not first.done()
    others = [executor.submit(order("hangs", tmp_path / str(number))) for number in range(2)]
    while len(pids := [path.read_text() for path in tmp_path.rglob("pid") if path.read_text()]) < 2:
        os.sched_yield()
    executor.close()
    assert all(gone(int(pid)) for pid in pids)
    assert isinstance(first.exception(), BenchError)
    assert isinstance(others[0].exception(), BenchError)
    assert others[1].cancelled()
    with pytest.raises(RuntimeError, match="shutdown"):
        executor.submit(Order(kind="probe"))


def test_the_oldest_free_process_is_taken(executor: LocalExecutor) -> None:
    """It has imported what the others have not, and so what is timed alone finds it there."""
    executor.submit(Order(kind="probe")).result()
    servers = list(executor._servers)
    executor._free.reverse()
    assert executor._take() is servers[0]
    executor._free.append(servers[0])
    assert executor.slots() == 2


def test_a_device_is_held_from_the_first_task_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question holds nothing: to plan, nobody has to wait."""
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path / "locks"))
    lock_folder().mkdir()
    lock = FileLock(lock_folder() / "cpu.lock")
    with LocalExecutor(who="a run") as executor:
        executor.submit(Order(kind="probe")).result()
        with lock.acquire(timeout=0):
            pass
        executor.submit(replace(order("ok", tmp_path), devices=("cpu",))).result()
        with pytest.raises(Timeout):
            lock.acquire(timeout=0)
        assert (lock_folder() / "cpu.holder").read_text() == "a run"
    with lock.acquire(timeout=0):
        pass


def test_the_kernels_count_of_killed_processes_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vmstat").write_text("nr_free_pages 7\noom_kill 3\n")
    monkeypatch.setattr("bench.execute.executors.local.VMSTAT", tmp_path / "vmstat")
    assert oom_kills() == 3
    monkeypatch.setattr("bench.execute.executors.local.VMSTAT", tmp_path / "none")
    assert oom_kills() == 0
