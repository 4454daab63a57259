"""Child processes: what they answer, and how they die."""

from pathlib import Path

import psutil
import pytest

from bench.errors import BenchError
from bench.execute.executors.local import Workers
from bench.execute.messages import Order, Probe, Progress
from bench.execute.observations import observe
from bench.model import Case, Observation, Task

ENDS = "trial_exercises.ex96_ends"


def study(workers: Workers, part: str, folder: Path, timeout: float | None = None) -> Observation:
    task = Task("study", Case(exercise="ex96", part=part, device="cpu", seed=0))
    order = Order(kind="task", module=ENDS, exercise="ex96", task=task, profile="smoke", folder=str(folder))
    return observe(task, workers.do(order, timeout=timeout, listen=lambda _: None), timeout, starved=False)


def gone(pid: int) -> bool:
    """Whether a process that was sent SIGKILL has ended; it is a zombie until its new parent reaps it."""
    for _ in range(100_000):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
    return False


def test_the_warm_process_runs_one_thread_and_forks_afresh(workers: Workers) -> None:
    replies = [workers.do(Order(kind="probe"), listen=lambda _: None) for _ in range(2)]
    assert all(isinstance(reply.answer, Probe) and reply.ended.status == 0 for reply in replies)
    assert workers._warm is not None
    threads = Path(f"/proc/{workers._warm.process.pid}/task")
    if threads.is_dir():
        assert len(list(threads.iterdir())) == 1


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
def test_every_end_is_an_outcome(workers: Workers, tmp_path: Path, part: str, outcome: str, reason: str) -> None:
    seen = study(workers, part, tmp_path)
    assert (seen.outcome, seen.missing) == (outcome, part == "missing")
    assert reason in seen.reason


def test_a_crash_keeps_the_trace(workers: Workers, tmp_path: Path) -> None:
    assert "Segmentation fault" in study(workers, "dies", tmp_path).detail
    assert "Traceback" in study(workers, "raises", tmp_path).detail


def test_a_timeout_kills_the_whole_process_group(workers: Workers, tmp_path: Path) -> None:
    seen = study(workers, "hangs", tmp_path, timeout=1.0)
    assert seen.outcome == "timeout"
    assert "--timeout" in seen.reason
    pid = int(next(tmp_path.rglob("pid")).read_text())
    assert gone(pid)


def test_progress_reaches_the_listener(workers: Workers, tmp_path: Path) -> None:
    task = Task(
        "study", Case(exercise="ex90", part="a", device="cpu", seed=0, parameters={"scale": 1.0, "sizes": (1, 2)})
    )
    heard: list[Progress] = []
    order = Order(
        kind="task",
        module="trial_exercises.ex90_sound",
        exercise="ex90",
        task=task,
        profile="smoke",
        folder=str(tmp_path),
    )
    workers.do(order, listen=heard.append)
    assert [(one.label, one.done, one.total) for one in heard] == [("sizes", 0, 2), ("sizes", 1, 2), ("sizes", 2, 2)]


def test_a_server_that_dies_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('this torch is broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Workers(threads=1) as workers, pytest.raises(BenchError, match="this torch is broken"):
        workers.do(Order(kind="probe"), listen=lambda _: None)


def test_what_one_child_had_to_import_the_next_one_finds(workers: Workers, tmp_path: Path) -> None:
    with Workers(workers.threads) as fresh:
        here = [study(fresh, part, tmp_path).findings.metrics for part in ("imports", "dies", "imports")]
        assert [metric.value for metrics in here for metric in metrics] == [0, 1]
        assert fresh._warm is not None
        threads = Path(f"/proc/{fresh._warm.process.pid}/task")
        if threads.is_dir():
            assert len(list(threads.iterdir())) == 1
